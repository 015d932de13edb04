"""What the action log has of broadcasts: never a person."""

from typing import Any

from sqlalchemy.orm import Session

from app.broadcasts.rules import BroadcastText
from app.clock import Clock
from app.operators import log
from models import Broadcast


def note(session: Session, broadcast: Broadcast, actor: str, verb: str, clock: Clock, **detail: Any) -> None:
    subject = f"broadcast:{broadcast.id}"
    log.record(session, actor=actor, verb=f"broadcast.{verb}", subject=subject, detail=detail, clock=clock)


def told(text: BroadcastText) -> dict[str, Any]:
    """The text itself, but of a list of people only how many they are."""
    audience = text.audience
    listed = {"openids": len(audience.value)} if audience.kind == "openids" else audience.to_json()
    return {
        "title": text.title,
        "kind": text.kind.value,
        "channel": text.channel,
        "audience": listed,
        "content": text.content,
        "scheduled_at": text.scheduled_at.isoformat() if text.scheduled_at else None,
        "on_phase": text.on_phase.value if text.on_phase else None,
    }
