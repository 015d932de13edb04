"""The standing loop of a process: it drains the outbox, does what the clock asks, and keeps house every hour."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.jobs.housekeeping import CHORES, SLICE, Chore
from app.outbox.delivery import Courier
from app.writer import Call, Writer

POLL = 0.5  # seconds; what other processes enqueue is seen within this time
HOUSEKEEPING = timedelta(hours=1)
TIMING = timedelta(seconds=10)  # doors go by the clock themselves: timers only write down what it has done

log = structlog.get_logger(__name__)


@dataclass
class _Regular:
    """Chores that are done together, once in a while."""

    chores: Sequence[Chore]
    every: timedelta
    next_at: datetime


class Jobs:
    """Runs until `stop`. Set `wake` (in the loop's thread) after enqueueing, and it leaves at once.

    An error of one round is logged and ends nothing: the next round tries again.
    """

    def __init__(
        self,
        courier: Courier,
        writer: Writer,
        clock: Clock,
        wake: asyncio.Event,
        chores: Sequence[Chore] = CHORES,
        timers: Sequence[Chore] = (),
    ) -> None:
        self._courier = courier
        self._writer = writer
        self._clock = clock
        self._wake = wake
        self._stopped = False
        never = datetime.min.replace(tzinfo=clock.wall().tzinfo)
        self._due = [_Regular(timers, TIMING, never), _Regular(chores, HOUSEKEEPING, never)]

    async def run(self) -> None:
        while not self._stopped:
            self._wake.clear()
            busy = await self._round()
            if not busy and not self._stopped:
                await self._rest()

    def stop(self) -> None:
        """What is under way is finished first: await `run` after this."""
        self._stopped = True
        self._wake.set()

    async def _round(self) -> bool:
        """Whether more may be waiting."""
        try:
            for regular in self._due:
                await self._keep(regular)
            return await self._courier.drain() > 0
        except Exception:  # whatever it is, messages are still owed
            log.exception("round failed")
            return False

    async def _keep(self, regular: "_Regular") -> None:
        now = self._clock.wall()
        if now < regular.next_at:
            return
        regular.next_at = now + regular.every
        for chore in regular.chores:
            await self._finish(chore)

    async def _finish(self, chore: Chore) -> None:
        while not self._stopped and await self._slice_of(chore) >= SLICE:
            pass

    async def _slice_of(self, chore: Chore) -> int:
        now = self._clock.now()
        return await self._writer.ask(Call(lambda session: chore(session, now)))

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), POLL)
