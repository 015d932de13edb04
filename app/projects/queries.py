"""Reading the year's projects: as operators prepare them, and as everybody reads them once they are released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.tally import Tally
from app.campaigns.queries import CampaignView
from app.errors import NotFound
from app.projects import places
from app.projects.drafting import Facts, draft
from app.projects.places import Placing
from app.projects.rules import AnnouncementText, NotYet, ProjectText
from app.triage import lineage
from app.triage.lineage import Origin
from models import Announcement, Candidate, Project, Proposal
from models.enums import AnnouncementState, ProposalStatus


@dataclass(frozen=True)
class Entry:
    """One project, fit for the public: `number` from 1, `placing` in the vote, `origins` what it grew from."""

    number: int
    title: str
    summary: str
    department: str | None
    indicators: tuple[Mapping[str, str], ...]
    placing: Placing | None
    origins: tuple[Origin, ...]

    @property
    def numbers(self) -> list[str]:
        """Of all the proposals it grew from, what was merged included."""
        return [each.number for origin in self.origins for each in origin.all()]


@dataclass(frozen=True)
class Vote:
    """The last published round: `voters` of those `entitled`, who are counted only where a register says."""

    title: str
    closed_at: datetime
    candidates: int
    voters: int
    entitled: int | None


@dataclass(frozen=True)
class Announced:
    """The announcement with its projects; without `released_at` it is a preview."""

    title: str
    text: str
    released_at: datetime | None
    entries: tuple[Entry, ...]

    @property
    def paragraphs(self) -> list[str]:
        return [line for line in self.text.split("\n") if line.strip()]


def by_id(session: Session, project_id: int) -> Project:
    """Raises NotFound."""
    project = session.get(Project, project_id)
    if project is None:
        raise unknown()
    return project


def unknown() -> NotFound:
    return NotFound("没有这个实事项目，可能已经去掉了。")


def of_campaign(session: Session, campaign_id: int) -> Sequence[Project]:
    """In their order."""
    own = select(Project).where(Project.campaign_id == campaign_id)
    return session.scalars(own.order_by(Project.place, Project.id)).all()


def announcement(session: Session, campaign_id: int) -> Announcement | None:
    """None before the first project is chosen or anything is written."""
    return session.get(Announcement, campaign_id)


def announced(session: Session, campaign: CampaignView) -> Announced | None:
    """What everybody may read: None before it is released."""
    found = announcement(session, campaign.id)
    if found is None or found.state is not AnnouncementState.RELEASED:
        return None
    return previewed(session, campaign)


def previewed(session: Session, campaign: CampaignView) -> Announced:
    """The same as it stands now, with a draft for the text while there is none."""
    found = announcement(session, campaign.id)
    text = text_of(session, campaign)
    shown = entries(session, of_campaign(session, campaign.id))
    return Announced(text.title, text.text, found.released_at if found else None, shown)


def text_of(session: Session, campaign: CampaignView) -> AnnouncementText:
    """What is written, or the draft."""
    found = announcement(session, campaign.id)
    if found is None or found.written_at is None:
        return drafted(session, campaign)
    return AnnouncementText(found.title, found.text)


def drafted(session: Session, campaign: CampaignView) -> AnnouncementText:
    return draft(campaign.definition, _facts(session, campaign.id))


def vote(session: Session, campaign_id: int) -> Vote:
    """Raises NotYet."""
    round = places.latest_round(session, campaign_id)
    if round is None or round.tally is None or round.closed_at is None:
        raise NotYet("投票结果还没有公布。")
    tally, by_unit = Tally.from_json(round.tally), round.turnout_by_unit
    entitled = sum(entries for _, entries, _ in by_unit) if by_unit else None
    return Vote(round.title, round.closed_at, len(tally.counts), tally.ballots, entitled)


def handed_in(session: Session, campaign_id: int) -> int:
    """How many proposals, without those that were withdrawn."""
    own = Proposal.campaign_id == campaign_id
    return session.scalar(select(func.count()).where(own, Proposal.status != ProposalStatus.WITHDRAWN)) or 0


def project_text(project: Project) -> ProjectText:
    return ProjectText(project.title, project.summary, project.department, tuple(project.indicators))


def version_of(project: Project) -> datetime:
    return project.edited_at or project.chosen_at


def left(session: Session, campaign_id: int) -> list[tuple[Candidate, Placing]]:
    """The candidates that were voted on and are no projects, the most votes first."""
    chosen = select(Project.candidate_id).where(Project.campaign_id == campaign_id)
    rest = session.scalars(
        select(Candidate).where(Candidate.campaign_id == campaign_id, Candidate.id.not_in(chosen))
    ).all()
    placed = places.of_candidates(session, [one.id for one in rest])
    found = [(one, placed[one.id]) for one in rest if one.id in placed]
    return sorted(found, key=lambda each: (each[1].rank, each[1].number))


def entries(session: Session, projects: Sequence[Project]) -> tuple[Entry, ...]:
    ids = [project.candidate_id for project in projects]
    candidates = session.scalars(select(Candidate).where(Candidate.id.in_(ids))).all()
    origins = lineage.of_candidates(session, candidates)
    placed = places.of_candidates(session, ids)
    return tuple(
        Entry(
            number,
            project.title,
            project.summary,
            project.department,
            tuple(project.indicators),
            placed.get(project.candidate_id),
            origins[project.candidate_id],
        )
        for number, project in enumerate(projects, start=1)
    )


def _facts(session: Session, campaign_id: int) -> Facts:
    round = places.latest_round(session, campaign_id)
    tally = Tally.from_json(round.tally) if round and round.tally else Tally(0, ())
    titles = [project.title for project in of_campaign(session, campaign_id)]
    return Facts(handed_in(session, campaign_id), len(tally.counts), tally.ballots, titles)
