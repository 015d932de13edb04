"""The tags that stand for the people of mass jobs: which one a job has, when it has to go.

A subscription account can send a mass message to all or to a tag alone. So a group of ours becomes a tag of the
platform for one job: made for it, put on its people, deleted after it.

Secrecy. Whoever may sign in at the platform sees the account's tags and who bears them; of those who have not
voted that is who has not. So the name never says what the group is, and is alike for all groups; the tag goes ten
minutes after the platform has told that its job ended, at once when no job came of it, and else two hours after it
was last used: also where the broadcast only stands still, for then it is made anew when it goes on. Our own books
of followers' tags leave it out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.broadcasts.keys import has_suffix, suffix_of
from app.clock import Clock
from app.followers.tags import temporary_name
from app.outbox import endings
from app.outbox.outcomes import Message, Outcome, TryLater
from models import Broadcast, Delivery, JobTag
from models.enums import BroadcastState, DeliveryState

AFTER_THE_END = timedelta(minutes=10)  # of the job, as the platform has told it
UNUSED = timedelta(
    hours=2
)  # far longer than a job takes, the half hour included in which the admin may confirm it
NO_SUCH_TAG = 40152
OVER = (BroadcastState.DONE, BroadcastState.CANCELLED)
MAY_HAVE_GONE = (DeliveryState.SENDING, DeliveryState.UNKNOWN)


def current(session: Session, job: str) -> JobTag | None:
    return session.scalars(_in_use().where(JobTag.job == job)).one_or_none()


def begin(session: Session, broadcast_id: int, job: str, wall: datetime) -> JobTag:
    """Only written down: the platform knows nothing of it yet."""
    tag = JobTag(broadcast_id=broadcast_id, job=job, name=temporary_name(broadcast_id), used_at=wall)
    session.add(tag)
    session.flush()
    return tag


def use(session: Session, job: str, wall: datetime) -> int | None:
    """The platform's id of the tag that everybody of the job has; None where there is none yet."""
    tag = current(session, job)
    if tag is None or tag.ready_at is None:
        return None
    tag.used_at = wall
    return tag.tag_id


def leave(tag: JobTag, wall: datetime) -> None:
    """It is not used any more: its job gets another one, should it still need one."""
    tag.left_at = tag.try_at = wall


def leave_all(session: Session, broadcast_id: int, wall: datetime) -> None:
    """Who belongs to its jobs is another now. The caller has locked the broadcast."""
    for tag in session.scalars(_in_use().where(JobTag.broadcast_id == broadcast_id)).all():
        leave(tag, wall)


def learn(session: Session, job: str, outcomes: Iterable[tuple[Message, Outcome]], wall: datetime) -> None:
    """Somebody has deleted it on the platform."""
    if any(isinstance(one, TryLater) and one.errcode == NO_SUCH_TAG for _, one in outcomes):
        tag = current(session, job)
        if tag is not None:
            leave(tag, wall)


def leave_those_over(session: Session, clock: Clock) -> None:
    """Those that have to go by now. Of a broadcast that a process is at nothing is touched."""
    wall = clock.wall()
    for tag in session.scalars(_in_use()).all():
        broadcast = session.get_one(Broadcast, tag.broadcast_id, with_for_update=True, populate_existing=True)
        session.refresh(tag)
        is_held = broadcast.lease_until is not None and broadcast.lease_until > wall
        if tag.left_at is None and not is_held and _is_over(session, tag, broadcast, clock):
            leave(tag, wall)


def of_broadcast(session: Session, broadcast_id: int) -> Sequence[JobTag]:
    """In the order in which they were made."""
    return session.scalars(select(JobTag).where(JobTag.broadcast_id == broadcast_id).order_by(JobTag.id)).all()


def told(session: Session, broadcast_id: int) -> str:
    """How the newest one stands, for colleagues; empty where the platform needs none."""
    tags = of_broadcast(session, broadcast_id)
    if not tags:
        return ""
    tag = tags[-1]
    if tag.gone_at:
        return f"为这次群发建的标签“{tag.name}”已经从公众号删掉了。"
    if tag.left_at:
        return f"为这次群发建的标签“{tag.name}”用完了，正在从公众号删掉。"
    if tag.ready_at:
        return f"标签“{tag.name}”打好了，一共 {tag.tagged} 人；群发结束后自动删掉。"
    return f"正在公众号里打标签“{tag.name}”，打好了 {tag.tagged} 人；打完再群发。"


def _in_use() -> Select[JobTag]:
    return select(JobTag).where(JobTag.left_at.is_(None))


def _is_over(session: Session, tag: JobTag, broadcast: Broadcast, clock: Clock) -> bool:
    if tag.used_at <= clock.wall() - UNUSED:
        return True
    if broadcast.state not in OVER or _may_be_handed_in(session, broadcast.id):
        return False
    of_it = (
        Delivery.broadcast_id == broadcast.id,
        Delivery.state == DeliveryState.SENT,
        has_suffix(suffix_of(tag.job)),
    )
    msg_id = session.scalar(select(Delivery.platform_id).where(*of_it).limit(1))
    end = endings.ending_of(session, endings.MASS, msg_id) if msg_id else None
    return msg_id is None or (end is not None and end.at <= clock.now() - AFTER_THE_END)


def _may_be_handed_in(session: Session, broadcast_id: int) -> bool:
    """Nobody knows whether the platform is at a job of it."""
    doubtful = Delivery.broadcast_id == broadcast_id, Delivery.state.in_(MAY_HAVE_GONE)
    return session.scalar(select(Delivery.id).where(*doubtful).limit(1)) is not None
