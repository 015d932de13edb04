"""Turning a campaign to another phase, with what that means for the candidates."""

from sqlalchemy.orm import Session

from app.campaigns import queries, service
from app.clock import Clock
from app.triage.candidates import freeze_due

CALENDAR = "calendar"  # who did it, in the action log, when the date came


def set_phase(session: Session, key: str, word: str, reason: str, *, actor: str, clock: Clock) -> None:
    """Set the phase by hand. When opinions are asked from now on, the candidates are numbered and frozen.

    Raises NoCampaign, Invalid.
    """
    service.set_phase(session, key, word, reason, actor=actor, clock=clock)
    freeze_due(session, queries.by_key(session, key, clock), actor=actor, clock=clock)


def freeze_all_due(session: Session, clock: Clock) -> int:
    """The same where the calendar has turned; how many candidates were frozen."""
    campaigns = queries.everyone(session, clock)
    return sum(freeze_due(session, campaign, actor=CALENDAR, clock=clock) for campaign in campaigns)
