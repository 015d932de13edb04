"""What candidates can be composed from: the proposals that were shortlisted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.triage.ballot_text import CandidateText
from models import CandidateSource, Proposal
from models.enums import IntakeChannel, ProposalStatus

SHOWN = 200


@dataclass(frozen=True)
class Source:
    """`used`: it is part of a candidate already, which does not keep it from being part of another."""

    proposal: Proposal
    used: bool


def shortlisted(session: Session, campaign_id: int, words: str = "") -> Sequence[Source]:
    """Those that say all of `words`, the ones without a candidate first."""
    used = exists().where(CandidateSource.proposal_id == Proposal.id)
    of_it = Proposal.campaign_id == campaign_id, Proposal.status == ProposalStatus.SHORTLISTED
    found = select(Proposal, used).where(*of_it).order_by(used, Proposal.id).limit(SHOWN)
    columns = (Proposal.number, Proposal.title, Proposal.summary)
    for word in words.split():
        found = found.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return [Source(row[0], bool(row[1])) for row in session.execute(found)]


def first_text(proposal: Proposal) -> CandidateText:
    """What a candidate begins with: the proposal's own words."""
    return CandidateText(
        title=proposal.title,
        summary=proposal.summary,
        expected_outcome=proposal.expected_outcome,
        category=proposal.category,
        department=proposal.unit if proposal.channel is IntakeChannel.DEPARTMENT else None,
    )
