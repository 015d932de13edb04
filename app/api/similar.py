"""/proposals/{number}/similar: which other proposals say much the same."""

from fastapi import APIRouter
from pydantic import BaseModel

from app.api.authorisation import Caller, Shared
from app.api.reading import Number, proposal_by
from app.proposals.alike import queries as alike

MOST = 10
LEAST = 0.1  # below, proposals share no more than the language

router = APIRouter(prefix="/proposals/{number}", tags=["proposals"])


class SimilarProposal(BaseModel):
    """`score` is from 0 to 1, the same text."""

    number: str
    title: str
    score: float


class SimilarProposals(BaseModel):
    items: list[SimilarProposal]
    next_cursor: str | None


@router.get("/similar")
def similar(number: Number, installation: Shared, _caller: Caller) -> SimilarProposals:
    """The nearest of the same campaign, the most alike first; those that were withdrawn are left out."""
    with installation.database.reading() as session:
        found = alike.similar_to(session, proposal_by(session, number), limit=MOST, least=LEAST)
        items = [
            SimilarProposal(number=each.proposal.number, title=each.proposal.title, score=round(each.score, 3))
            for each in found
        ]
    return SimilarProposals(items=items, next_cursor=None)
