"""What is owed after the data was put back from a backup: what went out since then nobody knows."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.broadcasts.rules import UNDER_WAY
from models import Broadcast, Delivery
from models.enums import BroadcastState, DeliveryState

REASON = "数据是从备份恢复的，备份以后发出的这里没有记录。请对照公众号后台的发送记录，再决定继续还是取消。"
NOT_KNOWN = "数据是从备份恢复的，不知道发过没有；对方下次来信时会看到。"


def stand_still(session: Session) -> tuple[int, int]:
    """Broadcasts wait for a person, single messages for their person's next contact. How many of each."""
    going = update(Broadcast).where(Broadcast.state.in_(UNDER_WAY))
    halted = going.values(
        state=BroadcastState.PAUSED, stopped_for=REASON, goes_on_at=None, lease_by=None, lease_until=None
    )
    owed = Delivery.state.in_((DeliveryState.PENDING, DeliveryState.SENDING)), Delivery.broadcast_id.is_(None)
    kept = update(Delivery).where(*owed).values(state=DeliveryState.SKIPPED, error=NOT_KNOWN, lease_until=None)
    return session.execute(halted).rowcount, session.execute(kept).rowcount  # type: ignore[attr-defined]
