"""Where candidates and proposals stand on published lists: the place in the last vote, the project it became."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.tally import Tally
from app.triage import lineage
from models import Announcement, Campaign, Candidate, Project, Proposal, Round, RoundCandidate
from models.enums import AnnouncementState, RoundState


@dataclass(frozen=True)
class Placing:
    """A candidate's place among `of` in the latest round published of it; `project` once it is announced."""

    campaign: str
    number: int
    title: str
    rank: int
    votes: int
    of: int
    project: int | None = None


def placings(session: Session, proposal: Proposal) -> list[Placing]:
    """Where what became of `proposal` stands; nothing before a list is published."""
    ids = [one.id for one in lineage.of_proposal(session, proposal)]
    found = of_candidates(session, ids)
    return [found[one] for one in ids if one in found]


def of_candidates(session: Session, ids: Collection[int]) -> Mapping[int, Placing]:
    """By the candidate's id; who stood in no published round is left out."""
    if not ids:
        return {}
    standing = (
        select(RoundCandidate.candidate_id, Round.id, Candidate.number, Candidate.title, Campaign.key)
        .join(Round, Round.id == RoundCandidate.round_id)
        .join(Candidate, Candidate.id == RoundCandidate.candidate_id)
        .join(Campaign, Campaign.id == Round.campaign_id)
        .where(RoundCandidate.candidate_id.in_(ids), Round.state == RoundState.PUBLISHED)
        .order_by(Round.published_at, Round.id)
    )
    latest = {row.candidate_id: row for row in session.execute(standing)}
    tallies = _tallies(session, {row.id for row in latest.values()})
    projects = _announced(session, ids)
    found = {}
    for one, row in latest.items():
        counts = tallies[row.id].counts
        own = next(count for count in counts if count.number == row.number)
        found[one] = Placing(row.key, own.number, row.title, own.rank, own.votes, len(counts), projects.get(one))
    return found


def latest_round(session: Session, campaign_id: int) -> Round | None:
    """The one that was published last."""
    published = select(Round).where(Round.campaign_id == campaign_id, Round.state == RoundState.PUBLISHED)
    return session.scalars(published.order_by(Round.published_at.desc(), Round.id.desc()).limit(1)).first()


def _tallies(session: Session, round_ids: Collection[int]) -> Mapping[int, Tally]:
    rows = session.execute(select(Round.id, Round.tally).where(Round.id.in_(round_ids)))
    return {row.id: Tally.from_json(row.tally) for row in rows}


def _announced(session: Session, candidate_ids: Collection[int]) -> Mapping[int, int]:
    """The number of the project that each candidate became, where that was released."""
    released = (
        select(Project.candidate_id, Project.place)
        .join(Announcement, Announcement.campaign_id == Project.campaign_id)
        .where(Project.candidate_id.in_(candidate_ids), Announcement.state == AnnouncementState.RELEASED)
    )
    return {row.candidate_id: row.place + 1 for row in session.execute(released)}
