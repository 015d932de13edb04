"""From a candidate back to people's words and forward again, without a word of who they are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.proposals.alike.public import public_title
from app.triage.families import root
from models import Candidate, CandidateSource, Proposal
from models.enums import IntakeChannel


@dataclass(frozen=True)
class Origin:
    """One proposal that a candidate grew from, and what was merged into it.

    Fit for the public: a union or a department is named as the proposer, a worker's unit is not.
    """

    number: str
    title: str
    channel: IntakeChannel
    unit: str | None
    merged: tuple["Origin", ...]

    def all(self) -> list["Origin"]:
        """This one and everything below it."""
        return [self, *(each for one in self.merged for each in one.all())]


def of_candidates(session: Session, candidates: Sequence[Candidate]) -> Mapping[int, tuple[Origin, ...]]:
    """What each candidate grew from, by its id; a few statements, however many there are."""
    ids = [candidate.id for candidate in candidates]
    sources = session.execute(
        select(CandidateSource.candidate_id, CandidateSource.proposal_id)
        .where(CandidateSource.candidate_id.in_(ids))
        .order_by(CandidateSource.proposal_id)
    ).all()
    family = _family(session, {row.proposal_id for row in sources})
    return {
        one: tuple(_origin(family, row.proposal_id) for row in sources if row.candidate_id == one) for one in ids
    }


def of_proposal(session: Session, proposal: Proposal) -> Sequence[Candidate]:
    """The candidates that a proposal became part of, by itself or through what it was merged into."""
    return session.scalars(
        select(Candidate)
        .join(CandidateSource, CandidateSource.candidate_id == Candidate.id)
        .where(CandidateSource.proposal_id == root(session, proposal).id)
        .order_by(Candidate.place)
    ).all()


def candidate_ids(session: Session, proposals: Sequence[Proposal]) -> Mapping[int, tuple[str, ...]]:
    """The ids of the candidates that each proposal became part of, by the id of the proposal."""
    roots = _roots(session, proposals)
    rows = session.execute(
        select(CandidateSource.proposal_id, CandidateSource.candidate_id)
        .where(CandidateSource.proposal_id.in_(set(roots.values())))
        .order_by(CandidateSource.candidate_id)
    ).all()
    return {
        one: tuple(str(row.candidate_id) for row in rows if row.proposal_id == top) for one, top in roots.items()
    }


def _roots(session: Session, proposals: Sequence[Proposal]) -> Mapping[int, int]:
    """What each is now handled with, by id: one statement for each level that was merged."""
    above = {proposal.id: proposal.merged_into_id for proposal in proposals}
    while unknown := {parent for parent in above.values() if parent is not None} - above.keys():
        rows = session.execute(select(Proposal.id, Proposal.merged_into_id).where(Proposal.id.in_(unknown)))
        above |= {row.id: row.merged_into_id for row in rows}
    return {proposal.id: _top(above, proposal.id) for proposal in proposals}


def _top(above: Mapping[int, int | None], one: int) -> int:
    parent = above[one]
    return one if parent is None else _top(above, parent)


_Family = Mapping[int, tuple[Proposal, list[int]]]


def _family(session: Session, ids: Collection[int]) -> _Family:
    """These proposals and all below them, each with the ids of those merged into it."""
    family: dict[int, tuple[Proposal, list[int]]] = {}
    level = session.scalars(select(Proposal).where(Proposal.id.in_(ids))).all()
    while level:
        family |= {proposal.id: (proposal, []) for proposal in level}
        level = session.scalars(
            select(Proposal)
            .where(Proposal.merged_into_id.in_([proposal.id for proposal in level]))
            .order_by(Proposal.id)
        ).all()
        for proposal in level:
            assert proposal.merged_into_id is not None  # that is how it was found
            family[proposal.merged_into_id][1].append(proposal.id)
    return family


def _origin(family: _Family, proposal_id: int) -> Origin:
    proposal, merged = family[proposal_id]
    return Origin(
        number=proposal.number,
        title=public_title(proposal.title),
        channel=proposal.channel,
        unit=None if proposal.channel is IntakeChannel.WECHAT else proposal.unit,
        merged=tuple(_origin(family, one) for one in merged),
    )
