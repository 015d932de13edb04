"""What the platform tells of the end of messages and jobs: late, twice, or before we noted that it took them."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.upserts import insert_into
from models import Broadcast, Delivery, JobEnd
from models.enums import DeliveryState

STATUS_LIMIT = 100  # characters, as the column has it
NOT_DELIVERED: Mapping[str, str] = MappingProxyType(
    {"failed:user block": "对方拒收了公众号的消息", "failed: system failed": "平台说没有送到"}
)
MASS = "mass"
MAY_HAVE_GONE = (DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN)


def told(status: str) -> str:
    """A status of the platform in words for an operator."""
    return NOT_DELIVERED.get(status, f"平台说没有送到（{status}）")


def ended(
    session: Session,
    channel: str,
    platform_id: str,
    *,
    succeeded: bool,
    status: str,
    now: datetime,
    counts: Mapping[str, int] | None = None,
) -> None:
    """The first word stands. A message that did not arrive is failed from now on; a mass job has its counts kept
    beside its rows, which say that it was taken.
    """
    row = {
        "channel": channel,
        "platform_id": platform_id,
        "succeeded": succeeded,
        "status": status[:STATUS_LIMIT],
        "counts": dict(counts) if counts is not None else None,
        "at": now,
    }
    adding = insert_into(session, JobEnd).values(row)
    session.execute(adding.on_conflict_do_nothing(index_elements=["channel", "platform_id"]))
    end = ending_of(session, channel, platform_id)
    if end is not None and not end.succeeded and channel != MASS:
        sent = (
            Delivery.channel == channel,
            Delivery.platform_id == platform_id,
            Delivery.state == DeliveryState.SENT,
        )
        failed = update(Delivery).where(*sent)
        session.execute(failed.values(state=DeliveryState.FAILED, error=told(end.status)))


def ending_of(session: Session, channel: str, platform_id: str) -> JobEnd | None:
    """The first word on it, which may come before the sending is written down."""
    return session.get(JobEnd, (channel, platform_id))


def subscription_failed(session: Session, openid: str, template_id: str, status: str, now: datetime) -> None:
    """A subscription notice has no id of ours: it is the last one of this template that went to this person.

    Often that is still written down as under way, since what was sent is recorded twice a second.
    """
    theirs = Delivery.channel == "subscribe", Delivery.openid == openid, Delivery.state.in_(MAY_HAVE_GONE)
    last = select(Delivery.id, Broadcast.content).join(Broadcast, Broadcast.id == Delivery.broadcast_id)
    for row in session.execute(last.where(*theirs).order_by(Delivery.id.desc())):
        if row.content.get("template_id") == template_id:
            failed = update(Delivery).where(Delivery.id == row.id)
            end = {"finished_at": func.coalesce(Delivery.finished_at, now), "lease_until": None}
            session.execute(failed.values(state=DeliveryState.FAILED, error=told(status), **end))
            return
