"""Reading broadcasts: one, those of a campaign, how far each is, what became of each message."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.broadcasts.rules import WAYS
from app.errors import NotFound
from app.outbox import endings
from models import Broadcast, Delivery, JobEnd
from models.enums import BroadcastState, DeliveryState

PAGE = 5000


class NoBroadcast(NotFound):
    code = "no_broadcast"


@dataclass(frozen=True)
class Progress:
    """How many of its messages are in which state."""

    by_state: Mapping[DeliveryState, int]

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


class Templated(NamedTuple):
    """A broadcast that goes out by a template, and the fields it fills."""

    title: str
    channel: str
    template_id: str
    fields: Sequence[str]


def templated(session: Session) -> list[Templated]:
    """Those that are still to go out."""
    to_go = Broadcast.state.not_in((BroadcastState.DONE, BroadcastState.CANCELLED))
    found = (
        select(Broadcast)
        .where(to_go, Broadcast.channel.in_([key for key, way in WAYS.items() if way.service_only]))
        .order_by(Broadcast.id)
    )
    return [
        Templated(one.title, one.channel, str(one.content["template_id"]), tuple(one.content["data"]))
        for one in session.scalars(found)
    ]


def row(session: Session, broadcast_id: int, *, locked: bool = False) -> Broadcast:
    """Raises NoBroadcast."""
    found = session.get(Broadcast, broadcast_id, with_for_update=locked or None, populate_existing=locked)
    if found is None:
        raise NoBroadcast("没有这条推送。")
    return found


def of_campaign(session: Session, campaign_id: int) -> Sequence[Broadcast]:
    """The newest first."""
    of_it = select(Broadcast).where(Broadcast.campaign_id == campaign_id)
    return session.scalars(of_it.order_by(Broadcast.id.desc())).all()


def by_state(session: Session) -> dict[BroadcastState, int]:
    """How many there are, of all campaigns."""
    counted = select(Broadcast.state, func.count()).group_by(Broadcast.state)
    return {row[0]: row[1] for row in session.execute(counted)}


def progress(session: Session, broadcast_ids: Sequence[int]) -> dict[int, Progress]:
    counted = select(Delivery.broadcast_id, Delivery.state, func.count().label("n"))
    grouped = counted.where(Delivery.broadcast_id.in_(broadcast_ids)).group_by(
        Delivery.broadcast_id, Delivery.state
    )
    found: dict[int, dict[DeliveryState, int]] = {one: {} for one in broadcast_ids}
    for row in session.execute(grouped):
        found[row.broadcast_id][row.state] = row.n
    return {one: Progress(by_state) for one, by_state in found.items()}


def reasons(session: Session, broadcast_id: int, state: DeliveryState) -> dict[str, int]:
    """Why messages came to this state, the most frequent first."""
    why = func.coalesce(Delivery.error, "")
    grouped = select(why, func.count()).where(Delivery.broadcast_id == broadcast_id, Delivery.state == state)
    return {str(reason): n for reason, n in session.execute(grouped.group_by(why).order_by(func.count().desc()))}


def deliveries(
    session: Session, broadcast_id: int, state: DeliveryState | None, after: int, limit: int
) -> Sequence[Delivery]:
    """In the order of their ids, behind `after`."""
    of_it = select(Delivery).where(Delivery.broadcast_id == broadcast_id, Delivery.id > after)
    if state is not None:
        of_it = of_it.where(Delivery.state == state)
    return session.scalars(of_it.order_by(Delivery.id).limit(limit)).all()


def all_deliveries(session: Session, broadcast_id: int, state: DeliveryState) -> Iterator[Delivery]:
    """Page by page, however many there are."""
    after = 0
    while rows := deliveries(session, broadcast_id, state, after, PAGE):
        yield from rows
        after = rows[-1].id
        session.expunge_all()


def jobs(session: Session, broadcast: Broadcast) -> list[dict[str, Any]]:
    """What the platform told of the mass jobs of a broadcast, in their order; `status` is null until it has."""
    if broadcast.channel != "mass":
        return []
    taken = Delivery.broadcast_id == broadcast.id, Delivery.platform_id.is_not(None)
    ids = select(Delivery.platform_id, func.min(Delivery.id)).where(*taken)
    found = [
        str(row.platform_id)
        for row in session.execute(ids.group_by(Delivery.platform_id).order_by(func.min(Delivery.id)))
    ]
    ends = {
        end.platform_id: end
        for end in session.scalars(select(JobEnd).where(JobEnd.channel == "mass", JobEnd.platform_id.in_(found)))
    }
    return [
        {
            "msg_id": one,
            "status": ends[one].status if one in ends else None,
            "told": endings.job_told(ends[one].status if one in ends else None),
            **(ends[one].counts or {} if one in ends else {}),
        }
        for one in found
    ]
