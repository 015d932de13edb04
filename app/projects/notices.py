"""Telling every author what became of their proposals when the projects are released; a few statements for all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.outbox import service as outbox
from app.outbox.rules import Kind
from app.outbox.service import Owed
from app.projects import places, queries
from app.projects.places import Placing
from app.projects.texts import Fate, Outcome, message
from models import CandidateSource, Delivery, Follower, Project, Proposal
from models.enums import ProposalStatus

HAD_THEIR_ANSWER = (ProposalStatus.REJECTED, ProposalStatus.WITHDRAWN)


@dataclass(frozen=True)
class News:
    """How many persons would be told, and how many proposals have nobody in WeChat.

    `examples`: one of the texts for each best fate that somebody has.
    """

    persons: int
    unreachable: int
    examples: Sequence[str]


@dataclass(frozen=True)
class _Grown:
    """What came of each proposal: its candidates, and of these the places and the projects."""

    candidates: Mapping[int, Sequence[int]]
    placings: Mapping[int, Placing]
    projects: Mapping[int, Project]


def hold_authors(session: Session, campaign_id: int) -> None:
    """Locked before the campaign is, as in all that changes proposals: nobody is forgotten while they are told."""
    authors = select(Proposal.follower_id).where(Proposal.campaign_id == campaign_id)
    session.execute(select(Follower.id).where(Follower.id.in_(authors)).order_by(Follower.id).with_for_update())


def owe_all(session: Session, campaign: CampaignView, address: str, clock: Clock) -> int:
    """How many persons will be told."""
    outcomes, _ = _by_author(session, campaign.id)
    count = len(queries.of_campaign(session, campaign.id))
    owed = [
        Owed(f"{_about(campaign.id)}:{author}", openid, message(campaign.definition, count, theirs, address))
        for (author, openid), theirs in outcomes.items()
    ]
    outbox.enqueue_all(session, owed, kind=Kind.DECISION, about=_about(campaign.id), due_at=clock.now())
    return len(owed)


def news(session: Session, campaign: CampaignView, address: str) -> News:
    """What would be told if the projects were released as they stand."""
    outcomes, unreachable = _by_author(session, campaign.id)
    count = len(queries.of_campaign(session, campaign.id))
    best = {min(one.fate for one in theirs): theirs for theirs in outcomes.values()}
    examples = [message(campaign.definition, count, best[fate], address) for fate in sorted(best)]
    return News(len(outcomes), unreachable, examples)


def told(session: Session, campaign_id: int) -> int:
    """How many persons the news was owed to, those included who have heard it."""
    return session.scalar(select(func.count()).where(Delivery.about == _about(campaign_id))) or 0


def _by_author(session: Session, campaign_id: int) -> tuple[Mapping[tuple[int, str], list[Outcome]], int]:
    """What became of each one's proposals, by the id and openid of the author; how many have none to be told."""
    rows = _proposals(session, campaign_id)
    grown = _grown(session, campaign_id)
    found: dict[tuple[int, str], list[Outcome]] = defaultdict(list)
    unreachable = 0
    for row, top in _to_be_told(rows):
        if row.openid is None:
            unreachable += 1
        else:
            found[row.follower_id, row.openid].append(_outcome(row, top, grown))
    return found, unreachable


def _proposals(session: Session, campaign_id: int) -> Mapping[int, Row[Any]]:
    """By id."""
    columns = (
        Proposal.id,
        Proposal.number,
        Proposal.title,
        Proposal.status,
        Proposal.merged_into_id,
        Proposal.follower_id,
        Follower.openid,
    )
    of_it = select(*columns).outerjoin(Follower, Follower.id == Proposal.follower_id)
    rows: Iterable[Row[Any]] = session.execute(of_it.where(Proposal.campaign_id == campaign_id))
    return {row.id: row for row in sorted(rows, key=lambda row: int(row.id))}


def _to_be_told(rows: Mapping[int, Row[Any]]) -> Iterator[tuple[Row[Any], int]]:
    """Each proposal that still waits for an answer, with the id of what it is handled with.

    What was merged was answered together with that.
    """
    for row in rows.values():
        top = row
        while top.merged_into_id is not None:
            top = rows[top.merged_into_id]
        if row.status is not ProposalStatus.WITHDRAWN and top.status not in HAD_THEIR_ANSWER:
            yield row, top.id


def _grown(session: Session, campaign_id: int) -> _Grown:
    candidates: dict[int, list[int]] = defaultdict(list)
    sources = (
        select(CandidateSource.proposal_id, CandidateSource.candidate_id)
        .join(Proposal, Proposal.id == CandidateSource.proposal_id)
        .where(Proposal.campaign_id == campaign_id)
        .order_by(CandidateSource.candidate_id)
    )
    for row in session.execute(sources):
        candidates[row.proposal_id].append(row.candidate_id)
    ids = {one for grown in candidates.values() for one in grown}
    projects = {one.candidate_id: one for one in queries.of_campaign(session, campaign_id)}
    return _Grown(candidates, places.of_candidates(session, ids), projects)


def _outcome(row: Row[Any], top: int, grown: _Grown) -> Outcome:
    candidates = grown.candidates.get(top, ())
    if projects := [grown.projects[one] for one in candidates if one in grown.projects]:
        named = sorted((project.place + 1, project.title) for project in projects)
        return Outcome(row.number, row.title, Fate.CHOSEN, tuple(named))
    placed = [grown.placings[one] for one in candidates if one in grown.placings]
    if placed:
        best = min(placed, key=lambda placing: placing.rank)
        return Outcome(row.number, row.title, Fate.CANDIDATE, rank=best.rank, of=best.of)
    return Outcome(row.number, row.title, Fate.LEFT)


def _about(campaign_id: int) -> str:
    return f"announcement:{campaign_id}"
