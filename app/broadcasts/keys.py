"""Keys by which the platform knows messages and jobs again, another one each time they are sent anew."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models import Delivery
from models.enums import DeliveryState

ANOTHER = "r"  # once for each time


class Job(NamedTuple):
    """Messages that go out together: those of a batch that were sent anew as often as `suffix` says."""

    broadcast_id: int
    number: int
    suffix: str

    @property
    def key(self) -> str:
        """Of a mass job: the same as long as it is the same job."""
        return f"b{self.broadcast_id}-{self.number}{self.suffix}"

    @property
    def waiting(self) -> ColumnElement[bool]:
        """Its deliveries that have not gone out."""
        return and_(_pending(self.broadcast_id), Delivery.batch == self.number, has_suffix(self.suffix))


def next_job(session: Session, broadcast_id: int) -> Job | None:
    """None when nothing waits. What was never sent anew comes before what was."""
    pending = _pending(broadcast_id)
    number = session.scalar(select(func.min(Delivery.batch)).where(pending))
    if number is None:
        return None
    of_it = select(Delivery.key).where(pending, Delivery.batch == number)
    return Job(broadcast_id, number, suffix_of(session.scalars(of_it.order_by(_times_anew()).limit(1)).one()))


def suffix_of(key: str) -> str:
    return key[len(key.rstrip(ANOTHER)) :]


def has_suffix(suffix: str) -> ColumnElement[bool]:
    """Of deliveries."""
    return _times_anew() == len(suffix)


def _times_anew() -> ColumnElement[int]:
    return func.length(Delivery.key) - func.length(func.rtrim(Delivery.key, ANOTHER))


def _pending(broadcast_id: int) -> ColumnElement[bool]:
    return and_(Delivery.broadcast_id == broadcast_id, Delivery.state == DeliveryState.PENDING)
