"""What was done to a proposal, as the action log has it."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.clock import Clock
from app.operators import log
from app.operators.queries import Account


def note(
    session: Session, by: Account, verb: str, number: str, detail: Mapping[str, object], clock: Clock
) -> None:
    log.record(session, actor=by.actor, verb=verb, subject=f"proposal:{number}", detail=detail, clock=clock)
