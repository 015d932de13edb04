"""Putting the people of a mass job under a tag, as it stands in the ledger: page by page, each under the lease."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from app.broadcasts import job_tags
from app.broadcasts.batches import GONE, Batches
from app.broadcasts.keys import Job
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


@dataclass(frozen=True)
class Step:
    """What is to be asked of the platform next: the tag itself where `tag_id` is None, else to put it on `people`,
    who are all that are left up to the delivery `last`. `row` is the tag's with us.
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
        left = select(Delivery.id, Delivery.openid, Delivery.tried_at).where(job.waiting)
        page = session.execute(left.where(Delivery.id > tag.tagged_to).order_by(Delivery.id).limit(most)).all()
        if not page:
            tag.ready_at = wall
            return True
        return Step(job, tag.id, tag.name, tag.tag_id, self._following(session, page), page[-1].id)

    def made(self, session: Session, step: Step, tag_id: int) -> None:
        """Once more, by a process that was away until the tag had gone: then it goes again."""
        broadcast, tag = self._row(session, step)
        if tag.left_at:
            tag.gone_at, tag.try_at = None, self.batches.clock.wall()
        elif broadcast is not None and tag.tag_id is None:
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
            if outcome := refused.get(openid):
                why = {"error": outcome.reason, "errcode": outcome.errcode}
                self._settle(session, [delivery_id], state=DeliveryState.FAILED, **why)

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
        gone, left = [row.id for row in absent if row.openid is None], [row.id for row in absent if row.openid]
        self._settle(session, gone, state=DeliveryState.SKIPPED, error=GONE)
        self._settle(session, left, state=DeliveryState.SKIPPED, error=NOT_FOLLOWING)
        return [Tagged(row.id, row.openid) for row in page if row.openid in there]

    def _settle(self, session: Session, ids: Collection[int], **end: object) -> None:
        """Those that wait still."""
        if ids:
            waiting = Delivery.id.in_(ids), Delivery.state == DeliveryState.PENDING
            ending = update(Delivery).where(*waiting).values(finished_at=self.batches.clock.now(), **end)
            session.execute(ending)
