"""/candidates and /candidate-order: what goes to the ballot, and where each came from."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.api import triage_schemas as schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.campaigns import refuse_impossible
from app.api.once import Once
from app.api.reading import local, row_id
from app.api.schemas import Name
from app.campaigns import queries as campaigns
from app.errors import Invalid
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.triage import candidates, lineage
from app.triage.ballot_text import CandidateText
from app.triage.lineage import Origin
from models import Candidate

router = APIRouter(tags=["candidates"])

Composer = Annotated[Account, Depends(allowed(Power.MAKE_CANDIDATES))]
WHAT = "个候选项目"


@router.get("/candidates")
def some_candidates(campaign: Name, installation: Shared, _caller: Caller) -> schemas.Candidates:
    """All candidates of a campaign, in their order."""
    refuse_impossible(campaign)
    with installation.database.reading() as session:
        view = campaigns.by_key(session, campaign, installation.clock)
        items = _shown(session, candidates.of_campaign(session, view.id), installation)
    return schemas.Candidates(items=items, next_cursor=None)


@router.get("/candidates/{id}")
def one_candidate(id: str, installation: Shared, _caller: Caller) -> schemas.Candidate:
    return _read(row_id(id, WHAT), installation)


@router.post("/candidates", status_code=201)
def compose(sent: schemas.NewCandidate, installation: Shared, account: Composer, once: Once) -> schemas.Candidate:
    """Compose one from proposals that were shortlisted; what was merged into them comes along."""
    refuse_impossible(sent.campaign)
    values = sent.model_dump(exclude={"campaign", "proposals"})
    text = CandidateText(**{**values, "indicators": tuple(values["indicators"])})
    clock = installation.clock

    def make(session: Session) -> str:
        made = candidates.compose(session, sent.campaign, text, sent.proposals, by=account, clock=clock)
        return str(made.id)

    return _read(int(once.make(sent, make)), installation)


@router.patch("/candidates/{id}")
def edit(id: str, sent: schemas.CandidateChange, installation: Shared, account: Composer) -> schemas.Candidate:
    """Change what is named; in the opinion phase candidates are frozen."""
    candidate_id, clock = row_id(id, WHAT), installation.clock
    changes = sent.model_dump(exclude_unset=True, exclude={"proposals"})
    _refuse_empty(changes)
    if "indicators" in changes:
        changes["indicators"] = tuple(changes["indicators"] or ())
    installation.write(
        lambda session: candidates.edit(
            session, candidate_id, changes, numbers=sent.proposals, by=account, clock=clock
        )
    )
    return _read(candidate_id, installation)


@router.delete("/candidates/{id}", status_code=204)
def drop(id: str, installation: Shared, account: Composer) -> None:
    """Its proposals stay shortlisted."""
    candidate_id, clock = row_id(id, WHAT), installation.clock
    installation.write(lambda session: candidates.drop(session, candidate_id, by=account, clock=clock))


@router.post("/candidate-order")
def reorder(sent: schemas.CandidateOrder, installation: Shared, account: Composer) -> schemas.Candidates:
    """Put all candidates of a campaign in this order."""
    refuse_impossible(sent.campaign)
    ids, clock = [row_id(each, WHAT) for each in sent.candidates], installation.clock
    installation.write(lambda session: candidates.reorder(session, sent.campaign, ids, by=account, clock=clock))
    return some_candidates(sent.campaign, installation, account)


def _refuse_empty(changes: dict[str, object]) -> None:
    """Raises Invalid for taking away what every candidate has."""
    taken = [
        name for name in ("title", "summary", "expected_outcome") if name in changes and changes[name] is None
    ]
    if taken:
        raise Invalid(f"{'、'.join(taken)} 不能是空的。")


def _read(candidate_id: int, installation: Installation) -> schemas.Candidate:
    with installation.database.reading() as session:
        return _shown(session, [candidates.by_id(session, candidate_id)], installation)[0]


def _shown(session: Session, found: Sequence[Candidate], installation: Installation) -> list[schemas.Candidate]:
    keys = {view.id: view.key for view in campaigns.everyone(session, installation.clock)}
    origins = lineage.of_candidates(session, found)
    return [
        schemas.Candidate(
            id=str(candidate.id),
            campaign=keys[candidate.campaign_id],
            number=candidate.number,
            frozen=candidate.frozen_at is not None,
            title=candidate.title,
            summary=candidate.summary,
            expected_outcome=candidate.expected_outcome,
            category=candidate.category,
            department=candidate.department,
            cost=candidate.cost,
            indicators=[schemas.Indicator.model_validate(one) for one in candidate.indicators],
            maturity=candidate.maturity,
            proposals=[origin.number for origin in origins[candidate.id]],
            lineage=[_origin(origin) for origin in origins[candidate.id]],
            composed_at=local(candidate.composed_at, installation),
            edited_at=local(candidate.edited_at, installation) if candidate.edited_at else None,
        )
        for candidate in found
    ]


def _origin(origin: Origin) -> schemas.Origin:
    return schemas.Origin(
        number=origin.number,
        title=origin.title,
        channel=origin.channel,
        unit=origin.unit,
        merged=[_origin(one) for one in origin.merged],
    )
