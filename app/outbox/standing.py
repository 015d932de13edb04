"""How the ledger stands as a whole: how much is in which state, how long the oldest has been waiting."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models import Delivery
from models.enums import DeliveryState


class Part(NamedTuple):
    """How many messages of one channel are in one state."""

    channel: str
    state: DeliveryState
    messages: int


def parts(session: Session) -> list[Part]:
    """All of them. It reads the whole ledger: to be shown for a while, see app.statistics.keeping."""
    counted = select(Delivery.channel, Delivery.state, func.count())
    grouped = counted.group_by(Delivery.channel, Delivery.state).order_by(Delivery.channel, Delivery.state)
    return [Part(*row) for row in session.execute(grouped)]


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the message has been due that waits longest, but for broadcasts, which wait for their turn."""
    own = and_(Delivery.state == DeliveryState.PENDING, Delivery.due_at <= now, Delivery.broadcast_id.is_(None))
    return session.scalar(select(func.min(Delivery.due_at)).where(own))


def in_doubt(session: Session) -> int:
    """Messages of broadcasts of which nobody knows whether they arrived: a person has to decide."""
    unknown = and_(Delivery.state == DeliveryState.UNKNOWN, Delivery.broadcast_id.is_not(None))
    return session.scalar(select(func.count()).select_from(Delivery).where(unknown)) or 0
