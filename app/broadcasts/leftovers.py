"""What cancelling and retrying leave to be done for very many messages: page by page, so that chat goes on.

What is wanted stands in the broadcast's row, and each page looks for what is left of it: whoever dies between two
pages, the next page goes on where they ended, and one page too many does nothing.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.broadcasts.keys import ANOTHER
from app.clock import Clock
from app.writer import Call, Writer
from models import Broadcast, Delivery
from models.enums import BroadcastState, DeliveryState

PAGE = 2500  # messages in one transaction: a few hundredths of a second in which nobody else can write
CANCELLED = "推送已取消，没有发出"
PENDING_AGAIN = {
    "state": DeliveryState.PENDING,
    "attempts": 0,
    "tried_at": None,
    "finished_at": None,
    "errcode": None,
    "error": None,
    "platform_id": None,
}


@dataclass(frozen=True)
class Leftovers:
    """Any number of processes may look after them."""

    writer: Writer
    clock: Clock

    async def tend(self) -> None:
        """All there is to do now. It rests as long as it works."""
        begun = monotonic()
        while await self.writer.ask(Call(self.next_page)):
            await asyncio.sleep(monotonic() - begun)
            begun = monotonic()

    def next_page(self, session: Session) -> bool:
        """Whether there was anything to do."""
        cancelled = and_(Broadcast.state == BroadcastState.CANCELLED, exists(_waiting(Broadcast.id)))
        unfinished = or_(Broadcast.retry_asked_at.is_not(None), cancelled)
        found = select(Broadcast).where(unfinished).order_by(Broadcast.id).limit(1)
        broadcast = session.scalars(found.with_for_update(skip_locked=True)).one_or_none()
        if broadcast is None:
            return False
        skip_page(session, broadcast, self.clock.now())
        retry_page(session, broadcast)
        return True


def skip_page(session: Session, broadcast: Broadcast, now: datetime) -> None:
    """Of what was cancelled nothing waits any more. The caller has locked the row."""
    if broadcast.state is not BroadcastState.CANCELLED:
        return
    page = session.scalars(_waiting(broadcast.id).limit(PAGE)).all()
    ended = {"state": DeliveryState.SKIPPED, "error": CANCELLED, "finished_at": now}
    session.execute(update(Delivery).where(Delivery.id.in_(page)).values(ended))


def retry_page(session: Session, broadcast: Broadcast) -> None:
    """What had failed when it was asked for waits again, under another key. The caller has locked the row.

    Nothing of the broadcast is sent meanwhile, so that a mass job goes out whole.
    """
    if broadcast.retry_asked_at is None:
        return
    page = session.scalars(select(Delivery.id).where(to_be_retried(broadcast)).limit(PAGE)).all()
    again = update(Delivery).where(Delivery.id.in_(page))
    session.execute(again.values(**PENDING_AGAIN, key=Delivery.key + ANOTHER))
    if len(page) < PAGE:
        broadcast.retry_asked_at = None


def to_be_retried(broadcast: Broadcast) -> ColumnElement[bool]:
    """Of a mass job nobody may have got anything: it is sent as a whole, or not at all."""
    asked_at = broadcast.retry_asked_at
    before = or_(Delivery.finished_at.is_(None), Delivery.finished_at <= asked_at)
    failed = and_(failed_ones(broadcast), Delivery.openid.is_not(None), before)
    return and_(failed, Delivery.batch.not_in(_begun(broadcast.id))) if broadcast.channel == "mass" else failed


def failed_ones(broadcast: Broadcast) -> ColumnElement[bool]:
    return and_(Delivery.broadcast_id == broadcast.id, Delivery.state == DeliveryState.FAILED)


def how_many(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Delivery).where(which)) or 0


def _waiting(broadcast_id: int | InstrumentedAttribute[int]) -> Select[int]:
    of_it = Delivery.broadcast_id == broadcast_id, Delivery.state == DeliveryState.PENDING
    return select(Delivery.id).where(*of_it)


def _begun(broadcast_id: int) -> Select[int | None]:
    """The batches of which somebody may have got something."""
    reached = Delivery.state.in_((DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN))
    unanswered = and_(Delivery.state == DeliveryState.PENDING, Delivery.tried_at.is_not(None))
    return select(Delivery.batch).where(Delivery.broadcast_id == broadcast_id, or_(reached, unanswered))
