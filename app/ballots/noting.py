"""What the action log has of rounds."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.clock import Clock
from app.operators import log
from models import Round


def note(session: Session, round: Round, actor: str, verb: str, clock: Clock, detail: dict[str, Any]) -> None:
    subject = f"round:{round.id}"
    log.record(session, actor=actor, verb=f"round.{verb}", subject=subject, detail=detail, clock=clock)


def written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
