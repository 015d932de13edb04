"""What is owed after the data was put back from a backup: what went out since then nobody knows."""

from typing import NamedTuple

from sqlalchemy import Update, update
from sqlalchemy.orm import Session

from app.broadcasts.rules import UNDER_WAY
from models import Broadcast, Delivery
from models.enums import BroadcastState, DeliveryState

REASON = "数据是从备份恢复的，备份以后发出的这里没有记录。请对照公众号后台的发送记录，再决定继续还是取消。"
NOT_KNOWN = "数据是从备份恢复的，不知道发过没有；对方下次来信时会看到。"


class Stilled(NamedTuple):
    """How many of each."""

    broadcasts: int
    submitted: int
    messages: int


def stand_still(session: Session) -> Stilled:
    """Broadcasts under way wait for a person, single messages for their person's next contact.

    What waited for its release may have been released since: somebody has to look, and hand it in once more.
    """
    going = update(Broadcast).where(Broadcast.state.in_(UNDER_WAY))
    halted = going.values(
        state=BroadcastState.PAUSED, stopped_for=REASON, goes_on_at=None, lease_by=None, lease_until=None
    )
    waiting = update(Broadcast).where(Broadcast.state == BroadcastState.SUBMITTED)
    drafts = waiting.values(state=BroadcastState.DRAFT, submitted_by=None, submitted_at=None)
    owed = Delivery.state.in_((DeliveryState.PENDING, DeliveryState.SENDING)), Delivery.broadcast_id.is_(None)
    kept = update(Delivery).where(*owed).values(state=DeliveryState.SKIPPED, error=NOT_KNOWN, lease_until=None)
    return Stilled(*(_count(session, one) for one in (halted, drafts, kept)))


def _count(session: Session, change: Update) -> int:
    return session.execute(change).rowcount  # type: ignore[attr-defined, no-any-return]
