"""The ledger of broadcasts while they are sent: one broadcast at a time, batch by batch, each under a lease."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from app.broadcasts import job_tags, rules, verdicts
from app.broadcasts.audiences import Audience
from app.broadcasts.keys import Job, next_job
from app.broadcasts.learning import learn
from app.broadcasts.leftovers import skip_page
from app.broadcasts.recipients import NO_CREDIT, NO_WINDOW, NOT_FOLLOWING
from app.broadcasts.verdicts import Ended
from app.broadcasts.waiting import NIGHT, has_to_wait
from app.clock import Clock
from app.followers import credits
from app.followers.windows import Windows
from app.outbox import endings
from app.outbox.outcomes import Accepted, Message, Outcome, TryLater
from app.outbox.rules import INTERRUPTED, QuietHours
from app.settings import AccountKind
from models import Broadcast, Delivery, Follower, JobEnd
from models.enums import BroadcastState, DeliveryState

LEASE = timedelta(seconds=30)  # renewed twice a second while somebody is at it
NAMED = 5000
GONE = "已注销，不再发送"

T = TypeVar("T")
TABLE = Delivery.metadata.tables[Delivery.__tablename__]
IN_DOUBT = or_(TABLE.c.state == DeliveryState.SENDING, TABLE.c.state == DeliveryState.UNKNOWN)
RECORD = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("row"), IN_DOUBT)
    .values(
        {
            name: bindparam(name)
            for name in ("state", "platform_id", "errcode", "error", "finished_at", "attempts", "tried_at")
        }
        | {"lease_until": None}
    )
)


class Standing(Enum):
    """Why there is no batch to send at this moment."""

    DONE = "done"
    STOPPED = "stopped"
    WAITING = "waiting"  # messages of a process that died are still under its lease
    UNTAGGED = "untagged"  # the platform has no tag yet for the people of the job


@dataclass(frozen=True)
class Batch:
    """Messages that are ours to send. `suffix` tells batches apart that go out again; `tag_id` is that of the tag
    of the platform that stands for all of its people.
    """

    broadcast_id: int
    number: int
    suffix: str
    channel: str
    content: dict[str, Any]
    messages: Sequence[Message]
    audience: Audience
    fresh: frozenset[int]  # those of the messages that had never been tried before
    tag_id: int | None

    @property
    def key(self) -> str:
        return Job(self.broadcast_id, self.number, self.suffix).key


@dataclass(frozen=True)
class Batches:
    """Each method is one transaction of the caller's. Leases go by the unshifted clock, `by` is who holds ours.

    Who was away for longer than a lease finds the broadcast taken over by another process, and stops.
    """

    windows: Windows
    quiet: QuietHours | None
    key_lives: Mapping[str, timedelta]  # by channel: how long the platform knows a message by its key
    account: AccountKind
    most_rests: int
    clock: Clock
    by: str

    def begin(self, session: Session) -> int | None:
        """Take the next broadcast that is due; None while another is under way anywhere, or none is due.

        One at a time over all replicas: so the set rate holds for all of them together.
        """
        now, wall = self.clock.now(), self.clock.wall()
        self._settle_abandoned(session, wall)
        states = Broadcast.state.in_((BroadcastState.SCHEDULED, BroadcastState.SENDING))
        rows = session.scalars(select(Broadcast).where(states).order_by(Broadcast.id).with_for_update()).all()
        if any(row.lease_until and row.lease_until > wall for row in rows):
            return None
        return next((row.id for row in rows if self._may_begin(session, row, now, wall)), None)

    def _may_begin(self, session: Session, broadcast: Broadcast, now: datetime, wall: datetime) -> bool:
        if broadcast.begun_at is None and has_to_wait(session, broadcast, self.clock):
            return False
        if broadcast.goes_on_at and broadcast.goes_on_at > now:
            return False
        if broadcast.retry_asked_at:
            return False
        if self._night(broadcast, now):
            return False
        broadcast.state = BroadcastState.SENDING
        broadcast.lease_by, broadcast.lease_until = self.by, wall + LEASE
        broadcast.begun_at = broadcast.begun_at or now
        broadcast.stopped_for = broadcast.goes_on_at = None
        return True

    def _night(self, broadcast: Broadcast, now: datetime) -> bool:
        """Nothing of a broadcast goes out in quiet hours."""
        morning = self.quiet.end_after(now) if self.quiet else None
        if morning:
            broadcast.stopped_for, broadcast.goes_on_at = NIGHT, morning
        return morning is not None

    def claim(self, session: Session, broadcast_id: int) -> Batch | Standing:
        """The next batch with messages to send, now ours."""
        broadcast = self._ours(session, broadcast_id)
        if broadcast is None or broadcast.state is not BroadcastState.SENDING:
            return Standing.STOPPED
        unready = broadcast.gathered_at is None or broadcast.retry_asked_at is not None
        if self._night(broadcast, self.clock.now()) or unready:
            broadcast.lease_until = None
            return Standing.STOPPED
        self._settle_lost(session, broadcast_id, self.key_lives[broadcast.channel])
        job = next_job(session, broadcast_id)
        if job is None:
            return self._end(session, broadcast)
        audience = Audience.from_json(broadcast.audience)
        tag_id = int(audience.value) if audience.kind == "tag" else None
        if rules.needs_tag(broadcast.channel, audience, self.account):
            tag_id = job_tags.use(session, job.key, self.clock.wall())
            if tag_id is None:
                broadcast.lease_until = self.clock.wall() + LEASE
                return Standing.UNTAGGED
        rows = session.execute(_rows_of(job)).all()
        fresh = frozenset(row.id for row in rows if row.tried_at is None)
        messages = self._take(session, broadcast, rows)
        broadcast.lease_until = self.clock.wall() + LEASE
        return Batch(*job, broadcast.channel, broadcast.content, messages, audience, fresh, tag_id)

    def _end(self, session: Session, broadcast: Broadcast) -> Standing:
        under_way = and_(Delivery.broadcast_id == broadcast.id, Delivery.state == DeliveryState.SENDING)
        if session.scalar(select(Delivery.id).where(under_way).limit(1)) is not None:
            broadcast.lease_until = self.clock.wall() + LEASE
            return Standing.WAITING
        broadcast.state, broadcast.lease_until = BroadcastState.DONE, None
        broadcast.finished_at = self.clock.now()
        return Standing.DONE

    def _settle_abandoned(self, session: Session, wall: datetime) -> None:
        """Whoever was at it died, and it was paused or cancelled before another took over."""
        under_way = Delivery.state == DeliveryState.SENDING, Delivery.lease_until < wall
        standing = Broadcast.state.in_((BroadcastState.PAUSED, BroadcastState.CANCELLED))
        left = select(Broadcast.id).join(Delivery, Delivery.broadcast_id == Broadcast.id)
        for broadcast_id in session.scalars(left.where(*under_way, standing).distinct()).all():
            broadcast = session.get_one(Broadcast, broadcast_id, with_for_update=True, populate_existing=True)
            self._settle_lost(session, broadcast_id, self.key_lives[broadcast.channel])
            skip_page(session, broadcast, self.clock.now())

    def _settle_lost(self, session: Session, broadcast_id: int, key_life: timedelta) -> None:
        """Whoever sent these died: they go again while the platform knows their keys, else a person decides.

        So does what went unanswered and has waited for longer than that.
        """
        wall = self.clock.wall()
        of_it = Delivery.broadcast_id == broadcast_id
        lost = and_(of_it, Delivery.state == DeliveryState.SENDING, Delivery.lease_until < wall)
        waited = and_(of_it, Delivery.state == DeliveryState.PENDING, Delivery.tried_at.is_not(None))
        known = Delivery.tried_at > wall - verdicts.surely(key_life)
        again = update(Delivery).where(lost, known)
        before = Delivery.attempts - 1  # what a crash cut short says nothing against the message
        session.execute(again.values(state=DeliveryState.PENDING, lease_until=None, attempts=before))
        doubtful = update(Delivery).where(or_(lost, waited), ~known)
        session.execute(
            doubtful.values(
                state=DeliveryState.UNKNOWN, lease_until=None, error=INTERRUPTED, finished_at=self.clock.now()
            )
        )

    def _take(
        self, session: Session, broadcast: Broadcast, rows: Sequence[Row[int, str, str | None, datetime | None]]
    ) -> list[Message]:
        """Those who can still be reached; the others are skipped now."""
        people = _people(session, [row.openid for row in rows if row.openid])
        agreed = self._agreed(session, broadcast, people.values())
        now, wall = self.clock.now(), self.clock.wall()
        free, left_out = [], dict[str, list[int]]()
        for row in rows:
            obstacle = self._obstacle(broadcast.channel, people.get(row.openid), agreed, now)
            if obstacle and not row.tried_at:  # what has been tried may have arrived: it keeps its course
                left_out.setdefault(obstacle, []).append(row.id)
            else:
                free.append(row)
        for reason, ids in left_out.items():
            for some in _slices(ids):
                skipped = update(Delivery).where(Delivery.id.in_(some))
                session.execute(skipped.values(state=DeliveryState.SKIPPED, error=reason, finished_at=now))
        claimed = {
            "state": DeliveryState.SENDING,
            "lease_until": wall + LEASE,
            "attempts": Delivery.attempts + 1,
            "tried_at": func.coalesce(Delivery.tried_at, wall),
        }
        for some in _slices([row.id for row in free]):
            session.execute(update(Delivery).where(Delivery.id.in_(some)).values(claimed))
        body = broadcast.content
        return [Message(row.id, row.key, broadcast.channel, row.openid or "", body) for row in free]

    def _agreed(self, session: Session, broadcast: Broadcast, people: Collection[Follower]) -> set[int]:
        if broadcast.channel != "subscribe":
            return set()
        ids = [person.id for person in people]
        left = credits.remaining(session, ids, str(broadcast.content["template_id"]))
        return {one for one, times in left.items() if times > 0}

    def _obstacle(
        self, channel: str, follower: Follower | None, agreed: Collection[int], now: datetime
    ) -> str | None:
        if follower is None:
            return GONE
        if channel == "subscribe":
            return None if follower.id in agreed else NO_CREDIT
        if not follower.subscribed:
            return NOT_FOLLOWING
        return NO_WINDOW if channel == "customer" and not self.windows.reachable(follower, now) else None

    def record(
        self,
        session: Session,
        batch: Batch,
        outcomes: Sequence[tuple[Message, Outcome]],
        under_way: bool,
    ) -> bool:
        """Write down what came of messages, hold the lease of the others; whether the broadcast goes on.

        Whatever stops it is written down too: see `verdicts.stop`.
        """
        broadcast = self._ours(session, batch.broadcast_id)
        if broadcast is None:  # somebody else has taken these messages over: only what is sure is news to them
            sure = [one for one in outcomes if isinstance(one[1], Accepted)]
            self._write(session, batch, sure)
            return False
        self._write(session, batch, outcomes)
        now, wall = self.clock.now(), self.clock.wall()
        job_tags.learn(session, batch.key, outcomes, wall)
        claimed = Delivery.broadcast_id == broadcast.id, Delivery.state == DeliveryState.SENDING
        nearly_new = Delivery.lease_until > wall + LEASE * 3 / 4  # and longer than it is trusted: see SURE
        held = update(Delivery).where(*claimed, Delivery.batch == batch.number, ~nearly_new)
        session.execute(held.values(lease_until=wall + LEASE))
        if broadcast.state is BroadcastState.SENDING:
            self._stop_if_told(broadcast, [outcome for _, outcome in outcomes], now)
        goes_on = broadcast.state is BroadcastState.SENDING and broadcast.goes_on_at is None
        broadcast.lease_until = wall + LEASE if goes_on or under_way else None
        skip_page(session, broadcast, now)
        return goes_on

    def _stop_if_told(self, broadcast: Broadcast, seen: Sequence[Outcome], now: datetime) -> None:
        """By the platform, or by the clock. What comes in while it rests already can only make the rest longer."""
        if any(isinstance(outcome, Accepted) for outcome in seen):
            broadcast.rests = 0
        rests_till = broadcast.goes_on_at
        before = max(0, broadcast.rests - (rests_till is not None))
        stop = verdicts.stop(seen, broadcast.channel, self.account, before, now, self.most_rests)
        if stop is None:
            self._night(broadcast, now)
        elif not (rests_till and stop.goes_on_at and stop.goes_on_at <= rests_till):
            broadcast.stopped_for, broadcast.goes_on_at = stop.reason, stop.goes_on_at
            broadcast.state = BroadcastState.SENDING if stop.goes_on_at else BroadcastState.PAUSED
            broadcast.rests = before + 1

    def put_off(self, session: Session, broadcast_id: int, outcome: TryLater) -> None:
        """Before anything could be sent the platform said that it cannot be now."""
        broadcast = self._ours(session, broadcast_id)
        if broadcast is not None and broadcast.state is BroadcastState.SENDING:
            self._stop_if_told(broadcast, [outcome], self.clock.now())
            broadcast.lease_until = None

    def held(self, session: Session, broadcast_id: int) -> Broadcast | None:
        """The row, locked, its lease made longer; None when it is not ours any more."""
        broadcast = self._ours(session, broadcast_id)
        if broadcast is not None:
            broadcast.lease_until = self.clock.wall() + LEASE
        return broadcast

    def let_go(self, session: Session, broadcast_id: int) -> None:
        """Another process may go on at once."""
        broadcast = self._ours(session, broadcast_id)
        if broadcast is not None:
            broadcast.lease_by = broadcast.lease_until = None

    def hold(self, session: Session, broadcast_id: int, reason: str, goes_on_at: datetime | None = None) -> None:
        """Stop until then, or until a person lets it go on."""
        broadcast = self._ours(session, broadcast_id)
        if broadcast is None or broadcast.state is not BroadcastState.SENDING:
            return
        broadcast.stopped_for, broadcast.goes_on_at, broadcast.lease_until = reason, goes_on_at, None
        broadcast.state = BroadcastState.SENDING if goes_on_at else BroadcastState.PAUSED

    def give_back(self, session: Session, batch: Batch, messages: Sequence[Message]) -> None:
        """What was claimed and never begun is pending again, as if it had not been claimed."""
        broadcast = self._ours(session, batch.broadcast_id)
        if broadcast is None:
            return
        ids = [message.delivery_id for message in messages]
        for some in _slices(ids):
            ours = update(Delivery).where(Delivery.id.in_(some), Delivery.state == DeliveryState.SENDING)
            session.execute(ours.where(Delivery.id.in_(batch.fresh & set(some))).values(tried_at=None))
            before = Delivery.attempts - 1
            session.execute(ours.values(state=DeliveryState.PENDING, lease_until=None, attempts=before))
        broadcast.lease_until = None
        skip_page(session, broadcast, self.clock.now())

    def _ours(self, session: Session, broadcast_id: int) -> Broadcast | None:
        """The row, locked, unless another process has taken it over."""
        broadcast = session.get(Broadcast, broadcast_id, with_for_update=True, populate_existing=True)
        return broadcast if broadcast is not None and broadcast.lease_by == self.by else None

    def _write(self, session: Session, batch: Batch, outcomes: Sequence[tuple[Message, Outcome]]) -> None:
        if not outcomes:
            return
        key_life = self.key_lives[batch.channel]
        now, wall = self.clock.now(), self.clock.wall()
        columns = select(Delivery.id, Delivery.attempts, Delivery.tried_at).where(IN_DOUBT)
        tried = {
            row.id: row
            for some in _slices([message.delivery_id for message, _ in outcomes])
            for row in session.execute(columns.where(Delivery.id.in_(some)))
        }
        news = [one for one in outcomes if one[0].delivery_id in tried]  # the others may be written down already
        ended = self._ended(session, batch.channel, news)
        rows = [
            verdicts.row(id, outcome, tried[id], id in batch.fresh, key_life, ended, now, wall)
            for id, outcome in ((message.delivery_id, outcome) for message, outcome in news)
        ]
        # People are locked before their messages, as erasing does it.
        learn(session, batch.channel, batch.content, news, self.windows, now)
        if rows:
            session.execute(RECORD, rows)

    def _ended(
        self, session: Session, channel: str, outcomes: Sequence[tuple[Message, Outcome]]
    ) -> dict[str, Ended]:
        """The platform may have told the end of a message before we could write down that it was taken."""
        ids = {outcome.platform_id for _, outcome in outcomes if isinstance(outcome, Accepted)} - {None}
        if channel == "mass" or not ids:
            return {}
        found = select(JobEnd).where(JobEnd.channel == channel, JobEnd.platform_id.in_(ids))
        return {end.platform_id: Ended(end.succeeded, endings.told(end.status)) for end in session.scalars(found)}


def _people(session: Session, openids: Sequence[str]) -> dict[str, Follower]:
    return {
        follower.openid: follower
        for some in _slices(openids)
        for follower in session.scalars(select(Follower).where(Follower.openid.in_(some)))
    }


def _slices(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many as a statement may name."""
    return (items[start : start + NAMED] for start in range(0, len(items), NAMED))


def _rows_of(job: Job) -> Select[int, str, str | None, datetime | None]:
    columns = (Delivery.id, Delivery.key, Delivery.openid, Delivery.tried_at)
    return select(*columns).where(job.waiting).order_by(Delivery.id).with_for_update()
