"""Draining the outbox: claim with a lease, send, record. Nothing is held while the network is awaited."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from app import metrics, tracing
from app.clock import Clock
from app.followers.windows import Windows
from app.outbox import rules
from app.outbox.channels import Channels
from app.outbox.insisting import insist
from app.outbox.ledger import Ledger
from app.outbox.outcomes import Accepted, Message, Outcome
from app.outbox.rules import QuietHours
from app.outbox.sending import send, word_of
from app.settings import Settings
from app.writer import Call, T, Writer

AT_ONCE = 8  # messages under way: as many as the client has connections

log = structlog.get_logger(__name__)


class Courier:
    """Sends what is due. Any number of couriers, in any number of processes, share one ledger."""

    def __init__(self, ledger: Ledger, channels: Channels, writer: Writer, clock: Clock) -> None:
        self._ledger = ledger
        self._channels = channels
        self._writer = writer
        self._clock = clock
        self._resting: dict[str, datetime] = {}

    @classmethod
    def of(cls, settings: Settings, channels: Channels, writer: Writer, clock: Clock) -> "Courier":
        ledger = Ledger(channels, Windows.of(settings.wechat), QuietHours.of(settings), clock)
        return cls(ledger, channels, writer, clock)

    async def drain(self) -> int:
        """One round: how many due messages it dealt with. More may wait behind them.

        What was sent is recorded even when another message of the round failed unexpectedly; that one's
        lease runs out.
        """
        claim = await self._write(lambda session: self._ledger.claim(session, AT_ONCE, self._at_rest()))
        results = await asyncio.gather(*map(self._deliver, claim.messages), return_exceptions=True)
        if failures := [result for result in results if isinstance(result, Exception)]:
            raise ExceptionGroup("deliveries", failures)
        return len(claim.messages) + claim.settled

    async def _deliver(self, message: Message) -> None:
        outcome = await send(self._channels[message.channel], message)
        await insist(self._writer, lambda session: self._ledger.record(session, message, outcome))
        self._note(message, outcome)

    def _note(self, message: Message, outcome: Outcome) -> None:
        if not isinstance(outcome, Accepted):
            log.warning(
                "not delivered",
                channel=message.channel,
                outcome=type(outcome).__name__,
                errcode=getattr(outcome, "errcode", None),
            )
        elif tracing.request.get():
            log.info("late answer delivered")
        if until := rules.rest(outcome, self._clock.now()):
            metrics.RESTS.labels("outbox", word_of(outcome)).inc()
            self._resting[message.channel] = until

    def _at_rest(self) -> list[str]:
        now = self._clock.now()
        return [name for name, until in self._resting.items() if now < until]

    async def _write(self, function: Callable[[Session], T]) -> T:
        return await self._writer.ask(Call(function))
