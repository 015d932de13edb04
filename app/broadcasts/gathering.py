"""Writing down once who a released broadcast goes to: in slices, with a cursor, batch numbers given beforehand."""

from datetime import UTC, datetime

from sqlalchemy import Integer, String, case, cast, func, insert, literal, literal_column, null, select
from sqlalchemy.orm import Session

from app.broadcasts.recipients import Selection
from models import Broadcast, Delivery, Follower
from models.base import Json, UtcDateTime
from models.enums import DeliveryState

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # for the courier, who looks for what is due twice a second
KIND = "broadcast"  # none of those the courier takes


def gather(session: Session, broadcast: Broadcast, wanted: Selection) -> bool:
    """One slice; false when nobody was left. The caller has locked the row, and commits."""
    assert broadcast.batch_size, "what is released has the size of its batches"
    last, ids = wanted.slice_after(session, broadcast.gathered_to)
    if last is None:
        broadcast.gathered_at = wanted.now
        return False
    if ids:
        _write_down(session, broadcast, wanted, ids)
    broadcast.gathered_to = last
    broadcast.total += len(ids)
    return True


def _write_down(session: Session, broadcast: Broadcast, wanted: Selection, ids: list[int]) -> None:
    """INSERT … SELECT: nobody is skipped or written twice, for the key is the person's and unique."""
    before = _counted(session, broadcast.id)
    obstacle = wanted.obstacle
    people = (
        select(Follower.id, Follower.openid, obstacle.label("obstacle"))
        .where(Follower.id > broadcast.gathered_to, Follower.id <= ids[-1], Follower.id.in_(ids))
        .subquery()
    )
    free = case((people.c.obstacle.is_(None), 1), else_=0)
    place = func.sum(free).over(order_by=people.c.id, rows=(None, 0)) + before - 1
    rows = select(
        literal(f"b{broadcast.id}-", String) + cast(people.c.id, String),
        literal(broadcast.channel, String),
        literal(KIND, String),
        people.c.openid,
        literal({}, Json),
        case((people.c.obstacle.is_(None), DeliveryState.PENDING.value), else_=DeliveryState.SKIPPED.value),
        literal(0, Integer),
        literal(NEVER, UtcDateTime()),
        literal(wanted.now, UtcDateTime()),
        literal(broadcast.id, Integer),
        case(
            (people.c.obstacle.is_(None), cast(place, Integer) // literal_column(str(broadcast.batch_size))),
            else_=null(),
        ),
        people.c.obstacle,
        case((people.c.obstacle.is_(None), null()), else_=literal(wanted.now, UtcDateTime())),
    )
    session.execute(insert(Delivery).from_select(_COLUMNS, rows, include_defaults=False))


_COLUMNS = [
    "key",
    "channel",
    "kind",
    "openid",
    "body",
    "state",
    "attempts",
    "due_at",
    "created_at",
    "broadcast_id",
    "batch",
    "error",
    "finished_at",
]


def _counted(session: Session, broadcast_id: int) -> int:
    """How many have a place in a batch so far."""
    placed = Delivery.broadcast_id == broadcast_id, Delivery.batch.is_not(None)
    return session.scalar(select(func.count()).select_from(Delivery).where(*placed)) or 0
