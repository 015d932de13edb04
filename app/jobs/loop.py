"""The standing loop of a process: it drains the outbox, and keeps house every hour."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.jobs.housekeeping import CHORES, SLICE, Chore
from app.outbox.delivery import Courier
from app.writer import Call, Writer

POLL = 0.5  # seconds; what other processes enqueue is seen within this time
HOUSEKEEPING = timedelta(hours=1)

log = structlog.get_logger(__name__)


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
    ) -> None:
        self._courier = courier
        self._writer = writer
        self._clock = clock
        self._wake = wake
        self._chores = chores
        self._stopped = False
        self._next_housekeeping = datetime.min.replace(tzinfo=clock.wall().tzinfo)

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
            await self._keep_house()
            return await self._courier.drain() > 0
        except Exception:  # whatever it is, messages are still owed
            log.exception("round failed")
            return False

    async def _keep_house(self) -> None:
        now = self._clock.wall()
        if now < self._next_housekeeping:
            return
        self._next_housekeeping = now + HOUSEKEEPING
        for chore in self._chores:
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
