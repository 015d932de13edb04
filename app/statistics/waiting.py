"""How long proposals wait: those that nobody has decided, and those that were answered."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, extract, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from app.statistics.cells import Cell
from models import Decision, Merge, MergedProposal, Proposal
from models.enums import ProposalStatus

# Up to how long a proposal has waited, and at the end all others.
AGES: tuple[tuple[str, timedelta], ...] = (
    ("不到 1 天", timedelta(days=1)),
    ("1–3 天", timedelta(days=3)),
    ("3–7 天", timedelta(days=7)),
    ("7–14 天", timedelta(days=14)),
)
OLDEST = "超过 14 天"

HOUR = literal_column("3600", Integer)  # seconds


@dataclass(frozen=True)
class Backlog:
    """What was handed in and not decided, by age. `prepared`: decided already, and not yet published."""

    by_age: tuple[Cell, ...]
    prepared: int

    @property
    def total(self) -> int:
        return sum(cell.total for cell in self.by_age)


@dataclass(frozen=True)
class Answering:
    """How many have been answered, and after how many whole hours half of these were."""

    answered: int
    median: timedelta | None


def backlog(session: Session, campaign_id: int, now: datetime) -> Backlog:
    is_waiting = and_(Proposal.campaign_id == campaign_id, Proposal.status == ProposalStatus.SUBMITTED)
    counts = session.execute(_by_age(now, is_waiting)).one()
    titles = (*(title for title, _ in AGES), OLDEST)
    prepared = (
        select(func.count())
        .select_from(Decision)
        .join(Proposal, Decision.proposal_id == Proposal.id)
        .where(Decision.published_at.is_(None), is_waiting)
    )
    by_age = tuple(Cell(title, (count,)) for title, count in zip(titles, counts, strict=True))
    return Backlog(by_age, session.scalars(prepared).one())


def answering(session: Session, campaign_id: int) -> Answering:
    """The first answer is the first published decision, whatever it was, or being merged with another proposal."""
    waited = Counter({int(row[0]): row[1] for row in session.execute(_by_time_waited(campaign_id))})
    if not waited:
        return Answering(0, None)
    return Answering(waited.total(), timedelta(seconds=max(0, median_low(waited.elements()))))


def _by_age(now: datetime, is_waiting: ColumnElement[bool]) -> Select[*tuple[int, ...]]:
    """One number for each age, from its stretch of the board's index."""
    at, edges = Proposal.submitted_at, [now - limit for _, limit in AGES]
    spans = [at > edges[0], *(and_(at <= upper, at > lower) for upper, lower in pairwise(edges)), at <= edges[-1]]
    return select(*(select(func.count()).where(is_waiting, span).scalar_subquery() for span in spans))


def _by_time_waited(campaign_id: int) -> Select[Any, int]:
    """How many were first answered after so many seconds, of which only whole hours are told."""
    answers = union_all(
        select(Decision.proposal_id, Decision.published_at.label("at")).where(Decision.published_at.is_not(None)),
        select(MergedProposal.proposal_id, Merge.merged_at).join(Merge, MergedProposal.merge_id == Merge.id),
    ).subquery()
    by_proposal = answers.c.proposal_id
    first = select(by_proposal, func.min(answers.c.at).label("at")).group_by(by_proposal).subquery()
    seconds = extract("epoch", first.c.at) - extract("epoch", Proposal.submitted_at)
    return (
        select((seconds - seconds % HOUR).label("waited"), func.count())
        .select_from(first)
        .join(Proposal, Proposal.id == first.c.proposal_id)
        .where(Proposal.campaign_id == campaign_id)
        .group_by("waited")
    )
