"""A campaign at a glance: where it stands, what came in, what waits."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.campaigns.definition import Milestone
from app.campaigns.queries import CampaignView
from app.campaigns.rules import window
from app.clock import Clock
from app.statistics import intake, waiting
from app.statistics.cells import Folded
from app.statistics.days import Days
from app.statistics.intake import Backing, Funnel, Makeup
from app.statistics.stages import Stage, days_until, stages
from app.statistics.waiting import Answering, Backlog
from models.enums import PhaseKind


@dataclass(frozen=True)
class Due:
    """A date to keep; `days_left` is negative once it has passed."""

    milestone: Milestone
    days_left: int


@dataclass(frozen=True)
class Overview:
    at: datetime
    stages: tuple[Stage, ...]
    due: tuple[Due, ...]
    days: Days
    makeup: Makeup
    units: Folded
    funnel: Funnel
    backlog: Backlog
    answering: Answering
    backing: Backing


def overview(session: Session, campaign: CampaignView, clock: Clock, zone: ZoneInfo) -> Overview:
    """Counts what was handed in, withdrawn or merged since or not."""
    now, definition = clock.now(), campaign.definition
    collecting = window(definition.phases, PhaseKind.COLLECTING)
    makeup = intake.makeup(session, campaign.id, definition)
    return Overview(
        at=now,
        stages=stages(definition.phases, campaign.phase, now, zone, by_hand=campaign.phase_by_hand),
        due=tuple(Due(one, days_until(one.due_at, now, zone)) for one in definition.milestones),
        days=intake.by_day(session, campaign.id, collecting, now, zone),
        makeup=makeup,
        units=intake.by_unit(session, campaign.id),
        funnel=intake.funnel(session, campaign.id, definition, makeup.from_workers),
        backlog=waiting.backlog(session, campaign.id, now),
        answering=waiting.answering(session, campaign.id),
        backing=intake.backing(session, campaign.id),
    )
