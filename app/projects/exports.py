"""The year's projects as files: a document for the plenary session, a fragment of next year's campaign file."""

from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.operators import log
from app.projects import next_year, queries
from app.projects.queries import Announced
from app.projects.rules import NotYet, name_of_all

WORD, TOML = ".docx", ".toml"


def write_word(session: Session, campaign: CampaignView, zone: ZoneInfo, path: Path) -> None:
    """Also before the release, when it says that it is a draft. Raises NotYet."""
    from app.projects import word  # slow to load, and most never write one

    shown = _some(queries.previewed(session, campaign))
    vote, handed_in = queries.vote(session, campaign.id), queries.handed_in(session, campaign.id)
    word.write(campaign.definition, shown, vote, handed_in, zone, path)


def fragment(session: Session, campaign: CampaignView) -> str:
    """Raises NotYet."""
    found = [queries.project_text(project) for project in queries.of_campaign(session, campaign.id)]
    if not found:
        raise _nothing()
    return next_year.toml(found, name_of_all(campaign.definition))


def note(session: Session, campaign: CampaignView, ending: str, *, actor: str, clock: Clock) -> None:
    subject, detail = f"campaign:{campaign.key}", {"format": ending}
    log.record(session, actor=actor, verb="projects.export", subject=subject, detail=detail, clock=clock)


def _some(shown: Announced) -> Announced:
    if not shown.entries:
        raise _nothing()
    return shown


def _nothing() -> NotYet:
    return NotYet("还没有选实事项目，选好了才能导出。")
