"""Putting the people of a mass job under a tag, as it stands in the ledger: page by page, each under the lease."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.orm import Session

from app.broadcasts import job_tags
from app.broadcasts.batches import GONE, Batches
from app.broadcasts.keys import has_suffix, job_key, suffix_of, times_anew
from app.broadcasts.noting import note
from app.broadcasts.recipients import NOT_FOLLOWING
from app.outbox.channels.channel import refusal
from app.outbox.outcomes import Refused, TryLater
from app.wechat.errors import CallFailed, PlatformError, Reaction
from app.wechat.tags import NO_SUCH_TAG
from models import Broadcast, Delivery, Follower, JobTag
from models.enums import BroadcastState, DeliveryState

BY_ITSELF = "driver"  # who did it, in the action log


class Tagged(NamedTuple):
    """Somebody whose message waits for the tag."""

    delivery_id: int
    openid: str


class Job(NamedTuple):
    """A mass job: those of a batch whose keys have this suffix."""

    broadcast_id: int
    number: int
    suffix: str

    @property
    def key(self) -> str:
        return job_key(self.broadcast_id, self.number, self.suffix)


@dataclass(frozen=True)
class Step:
    """What is to be asked of the platform next: the tag itself where `tag_id` is None, else to put it on `people`,
    who are all that are left up to the delivery `last`.
    """

    job: Job
    row: int
    name: str
    tag_id: int | None
    people: Sequence[Tagged]
    last: int


@dataclass(frozen=True)
class TagLedger:
    """Each method is one transaction of the caller's. Done twice, as after a crash, a step changes nothing."""

    batches: Batches

    def job(self, session: Session, broadcast_id: int) -> Job | None:
        """The one that is to be handed in next, as `Batches.claim` has it; None when there is none."""
        order = Delivery.batch, times_anew(), Delivery.id
        columns = select(Delivery.batch, Delivery.key).where(_pending(broadcast_id))
        first = session.execute(columns.order_by(*order).limit(1)).first()
        return Job(broadcast_id, first.batch, suffix_of(first.key)) if first else None

    def next(self, session: Session, job: Job, most: int) -> Step | bool:
        """The next step, of no more than so many people; when there is none, whether the broadcast goes on."""
        broadcast = self.batches.held(session, job.broadcast_id)
        if broadcast is None or broadcast.state is not BroadcastState.SENDING:
            return False
        if broadcast.retry_asked_at:  # more people may come to the job: nothing begins before that is done
            return True
        wall = self.batches.clock.wall()
        tag = job_tags.current(session, job.key) or job_tags.begin(session, job.broadcast_id, job.key, wall)
        tag.used_at = wall
        if tag.tag_id is None:
            return Step(job, tag.id, tag.name, None, (), tag.tagged_to)
        of_it = _pending(job.broadcast_id), Delivery.batch == job.number, has_suffix(job.suffix)
        left = select(Delivery.id, Delivery.openid, Delivery.tried_at).where(*of_it, Delivery.id > tag.tagged_to)
        page = session.execute(left.order_by(Delivery.id).limit(most)).all()
        if not page:
            tag.ready_at = wall
            return True
        return Step(job, tag.id, tag.name, tag.tag_id, self._following(session, page), page[-1].id)

    def made(self, session: Session, step: Step, tag_id: int) -> None:
        broadcast, tag = self._row(session, step)
        if broadcast is not None and tag.tag_id is None:
            tag.tag_id = tag_id
            note(session, broadcast, BY_ITSELF, "tag", self.batches.clock, tag=tag.name)

    def put_on(self, session: Session, step: Step, refused: Mapping[str, Refused]) -> None:
        """Those who were refused never get the message, and it is told why."""
        broadcast, tag = self._row(session, step)
        if broadcast is None:
            return
        broadcast.rests = 0
        tag.tagged_to = step.last
        tag.tagged += len(step.people) - len(refused)
        for delivery_id, openid in step.people:
            if reason := refused.get(openid):
                failed = {
                    "error": reason.reason,
                    "errcode": reason.errcode,
                    "finished_at": self.batches.clock.now(),
                }
                _settle([delivery_id], session, DeliveryState.FAILED, failed)

    def failed(self, session: Session, step: Step, error: CallFailed) -> None:
        """Nobody of this step is the cause: the broadcast rests, or waits for a person."""
        broadcast, tag = self._row(session, step)
        if broadcast is None:
            return
        if isinstance(error, PlatformError) and error.errcode == NO_SUCH_TAG:
            job_tags.leave(tag, self.batches.clock.wall())
        outcome = refusal(error)
        if isinstance(outcome, Refused):
            outcome = TryLater(Reaction.STOP, outcome.reason, outcome.errcode)
        self.batches.put_off(session, step.job.broadcast_id, outcome)

    def _row(self, session: Session, step: Step) -> tuple[Broadcast | None, JobTag]:
        """Locked; no broadcast when another process has taken it over, or the tag is not used any more."""
        broadcast = self.batches.held(session, step.job.broadcast_id)
        tag = session.get_one(JobTag, step.row)
        return (None if tag.left_at else broadcast), tag

    def _following(
        self, session: Session, page: Sequence[Row[int, str | None, datetime | None]]
    ) -> Sequence[Tagged]:
        """Those of a page who follow still; the others are skipped now, as long as nothing has gone to them."""
        openids = [row.openid for row in page if row.openid]
        following = select(Follower.openid).where(Follower.openid.in_(openids), Follower.subscribed.is_(True))
        there = frozenset(session.scalars(following))
        absent = [row for row in page if row.openid not in there and row.tried_at is None]
        now = self.batches.clock.now()
        for reason, ids in (
            (GONE, [row.id for row in absent if row.openid is None]),
            (NOT_FOLLOWING, [row.id for row in absent if row.openid]),
        ):
            _settle(ids, session, DeliveryState.SKIPPED, {"error": reason, "finished_at": now})
        return [Tagged(row.id, row.openid) for row in page if row.openid in there]


def _pending(broadcast_id: int) -> ColumnElement[bool]:
    return and_(Delivery.broadcast_id == broadcast_id, Delivery.state == DeliveryState.PENDING)


def _settle(ids: Collection[int], session: Session, state: DeliveryState, more: Mapping[str, object]) -> None:
    if ids:
        session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(state=state, **more))
