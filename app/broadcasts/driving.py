"""Sending what was released: any number of drivers, in any number of processes, share one ledger."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from app import metrics
from app.broadcasts.batches import LEASE, Batch, Batches, Standing
from app.broadcasts.flight import Flight, Unit
from app.broadcasts.gathering import gather
from app.broadcasts.pace import Pace
from app.broadcasts.recipients import Terms, wanted_by
from app.broadcasts.rules import MASS_FEWEST
from app.broadcasts.tag_ledger import TagLedger
from app.broadcasts.tagging import Tagger
from app.broadcasts.verdicts import FAILING, Share
from app.clock import Clock
from app.crypto import Keyring
from app.errors import ShishiError
from app.followers.windows import Windows
from app.outbox.channels import Channels, all_channels
from app.outbox.channels.mass import MassMessages
from app.outbox.channels.tags import MassTags
from app.outbox.insisting import insist
from app.outbox.outcomes import Job, Outcome, Refused, TryLater
from app.outbox.rules import QuietHours
from app.outbox.sending import count, gravest, send
from app.settings import AccountKind, PushSettings, Settings
from app.wechat.client import WeChatClient
from app.writer import Call, Writer
from models.enums import BroadcastState

POLL = 0.5  # seconds between looks at whether it was paused, and for something to do
SURE = LEASE / 2  # so long after it was last seen to be ours nobody else can have taken it
AFTER_FAILING = timedelta(minutes=1)
BROKEN = "程序出了错，过一会儿自动再试；一直这样，请找管理员看日志"
RECORD = 50  # outcomes that are written down together, or half a second's
TOO_FEW = Refused("群发至少要两个人，这一条没有发。", 40130)

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Driver:
    """Runs until `stop`. Nothing is held while the network is awaited; a dead driver's work goes on elsewhere."""

    def __init__(
        self,
        batches: Batches,
        channels: Channels,
        mass: MassMessages,
        writer: Writer,
        terms: Terms,
        push: PushSettings,
        account: AccountKind,
        tags: MassTags,
    ) -> None:
        self._batches = batches
        self._channels = channels
        self._mass = mass
        self._writer = writer
        self._terms = terms
        self._concurrency = push.concurrency
        self._pace = Pace(push.per_second)
        self._account = account
        self._stopping = asyncio.Event()
        self._tagger = Tagger(TagLedger(batches), tags, writer, self._pace, self._stopping)
        self._ours_until = batches.clock.wall()

    @classmethod
    def of(
        cls, settings: Settings, client: WeChatClient, writer: Writer, keyring: Keyring, clock: Clock
    ) -> "Driver":
        windows, mass = Windows.of(settings.wechat), MassMessages(client)
        channels = all_channels(client, keyring)
        lives = {name: channel.key_life for name, channel in channels.items()} | {mass.name: mass.key_life}
        account = settings.wechat.account_kind
        quiet, rests, by = QuietHours.of(settings), settings.push.rests, secrets.token_hex(8)
        batches = Batches(windows, quiet, lives, account, rests, clock, by)
        terms = Terms(windows, keyring, clock)
        return cls(batches, channels, mass, writer, terms, settings.push, account, MassTags(client))

    async def run(self) -> None:
        """An error of one round is logged and ends nothing: its lease runs out, and another round tries again."""
        while not self._stopping.is_set():
            try:
                busy = await self.round()
            except Exception:  # whatever it is, messages are still owed
                log.exception("broadcast failed")
                busy = False
            if not busy:
                await self._rest()

    def stop(self) -> None:
        """What is under way is finished first: await `run` after this."""
        self._stopping.set()

    async def round(self) -> bool:
        """One broadcast, as far as it goes now; false when none was due."""
        broadcast_id = await self._write(self._batches.begin)
        if broadcast_id is None:
            return False
        try:
            await self._drive(broadcast_id)
        except ShishiError as error:
            reason = error.message
            await self._write(lambda session: self._batches.hold(session, broadcast_id, reason))
        except Exception:  # the others must not wait for this one
            log.exception("broadcast failed", broadcast=broadcast_id)
            again = self._batches.clock.now() + AFTER_FAILING
            await self._write(lambda session: self._batches.hold(session, broadcast_id, BROKEN, again))
        return True

    async def _drive(self, broadcast_id: int) -> None:
        while await self._write(lambda session: self._slice(session, broadcast_id)):
            if self._stopping.is_set():
                return
        await self._send(broadcast_id)

    def _slice(self, session: Session, broadcast_id: int) -> bool:
        """Nothing is sent before the last slice is written down."""
        broadcast = self._batches.held(session, broadcast_id)
        if broadcast is None or broadcast.state is not BroadcastState.SENDING or broadcast.gathered_at:
            return False
        return gather(session, broadcast, wanted_by(session, broadcast, self._terms))

    async def _send(self, broadcast_id: int) -> None:
        share = Share()
        while not self._stopping.is_set():
            batch = await self._write(lambda session: self._batches.claim(session, broadcast_id))
            self._note_time()
            if batch is Standing.WAITING:
                await self._rest()
            elif batch is Standing.UNTAGGED:
                if not await self._tagger.tag(broadcast_id):
                    return
            elif isinstance(batch, Standing) or not await self._send_batch(batch, share):
                return
        await self._write(lambda session: self._batches.let_go(session, broadcast_id))

    async def _send_batch(self, batch: Batch, share: Share) -> bool:
        """Whether the broadcast goes on."""
        waiting, flight = deque(self._units(batch)), Flight()
        try:
            goes_on = await self._send_units(batch, waiting, flight, share)
        except Exception:  # what was never begun is in no doubt
            await self._give_back(batch, waiting)
            raise
        finally:
            flight.cancel()
        await self._give_back(batch, waiting)
        return goes_on

    async def _give_back(self, batch: Batch, waiting: Sequence[Unit]) -> None:
        unsent = [message for unit in waiting for message in unit.messages]
        if unsent:
            await insist(self._writer, lambda session: self._batches.give_back(session, batch, unsent))

    async def _send_units(self, batch: Batch, waiting: deque[Unit], flight: Flight, share: Share) -> bool:
        """As many as may go; those left are still `waiting`. Whether the broadcast goes on.

        While some answers are written down others come in, since a commit takes as long as many calls.
        """
        done: list[tuple[Unit, Outcome]] = []
        written: list[tuple[Unit, Outcome]] = []
        writing: asyncio.Task[bool] | None = None
        clock = asyncio.get_running_loop().time
        look_at, goes_on, doubtful, more = clock() + POLL, True, False, True
        most_waiting = max(RECORD, 2 * self._concurrency)  # calls end in bursts as they began
        try:
            while flight or done or writing or (waiting and goes_on):
                may_begin = goes_on and not doubtful and len(done) < most_waiting and self._is_surely_ours
                if may_begin:
                    self._begin(waiting, flight)
                until_look = POLL if writing else look_at - clock()
                await flight.news(min(until_look, self._until_next(waiting if may_begin else (), flight)))
                landed = flight.take()
                done += landed
                share.count([outcome for _, outcome in landed])
                doubtful = doubtful or share.is_too_high or _may_stop(landed)
                if writing and writing.done():
                    if goes_on and not writing.result():
                        _count_rest([outcome for _, outcome in written], share)
                    goes_on, doubtful = writing.result() and goes_on, _may_stop(done)
                    look_at, writing = clock() + POLL, None
                last = not flight and not (waiting and goes_on)
                due = clock() >= look_at or len(done) >= RECORD or not self._is_surely_ours
                if writing is None and (last or due or doubtful) and (done or not last):
                    more = bool(flight or (waiting and goes_on and not doubtful))
                    written, done = done, []
                    writing = asyncio.create_task(self._record(batch, written, more, share))
                    writing.add_done_callback(lambda _: flight.wake())
            if more and not goes_on:  # it was not known yet that nothing would follow
                await self._record(batch, [], False, share)
        finally:
            if writing:
                await asyncio.wait([writing])
        return goes_on

    def _begin(self, waiting: deque[Unit], flight: Flight) -> None:
        """None after a long sleep of the machine: first it must be seen whether they are ours still."""
        while waiting and len(flight) < self._concurrency and self._is_surely_ours and self._pace.take():
            flight.begin(waiting.popleft())

    def _until_next(self, waiting: Sequence[Unit], flight: Flight) -> float:
        """Seconds until the pace lets one more begin, where one could."""
        return self._pace.delay() if waiting and len(flight) < self._concurrency else POLL

    async def _record(
        self, batch: Batch, done: Sequence[tuple[Unit, Outcome]], under_way: bool, share: Share
    ) -> bool:
        outcomes = [(message, outcome) for unit, outcome in done for message in unit.messages]
        goes_on = await insist(
            self._writer, lambda session: self._batches.record(session, batch, outcomes, under_way)
        )
        self._note_time()
        if goes_on and share.is_too_high:
            await self._write(lambda session: self._batches.hold(session, batch.broadcast_id, FAILING))
            return False
        return goes_on and not self._stopping.is_set()

    @property
    def _is_surely_ours(self) -> bool:
        return self._batches.clock.wall() < self._ours_until

    def _note_time(self) -> None:
        self._ours_until = self._batches.clock.wall() + SURE

    def _units(self, batch: Batch) -> list[Unit]:
        if batch.channel == self._mass.name:
            return [self._job(batch)] if batch.messages else []
        channel = self._channels[batch.channel]
        return [Unit([message], partial(send, channel, message)) for message in batch.messages]

    def _job(self, batch: Batch) -> Unit:
        """A service account names the people; a subscription account can only send to all, or to a tag."""
        openids = tuple(message.openid for message in batch.messages)
        if self._account is AccountKind.SUBSCRIPTION:
            to_all = batch.audience.kind == "all"
            job = Job(batch.key, batch.content, to_all=to_all, tag_id=batch.tag_id)
        elif len(openids) < MASS_FEWEST:
            return Unit(batch.messages, _refuse)
        else:
            job = Job(batch.key, batch.content, openids)
        return Unit(batch.messages, partial(self._submit, job))

    async def _submit(self, job: Job) -> Outcome:
        return count(self._mass.name, await self._mass.submit(job))

    async def _write(self, function: Callable[[Session], T]) -> T:
        return await self._writer.ask(Call(function))

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), POLL)


async def _refuse() -> Outcome:
    return TOO_FEW


def _count_rest(outcomes: Sequence[Outcome], share: Share) -> None:
    """`told`: by a person, by the night, or by the end of this process."""
    reason = "failing" if share.is_too_high else gravest(outcomes) or "told"
    metrics.RESTS.labels("broadcast", reason).inc()


def _may_stop(done: Sequence[tuple[Unit, Outcome]]) -> bool:
    return any(isinstance(outcome, TryLater) for _, outcome in done)
