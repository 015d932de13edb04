"""/proposals/{number}/assessments and /second-looks: the reviewers' cards, and asking for another look."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.api import triage_schemas as schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.once import Once
from app.api.reading import Number, campaign_of, local, proposal_by
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.triage import assessments, cards
from app.triage.cards import Given
from app.triage.rules import Card
from models import Proposal

router = APIRouter(prefix="/proposals/{number}", tags=["assessments"])

Assessor = Annotated[Account, Depends(allowed(Power.ASSESS))]


@router.get("/assessments")
def some_assessments(number: Number, installation: Shared, account: Caller) -> schemas.Assessments:
    """The cards that the caller may see, and what they come to for each criterion."""
    with installation.database.reading() as session:
        proposal = proposal_by(session, number)
        return _sheet(session, proposal, account, installation)


@router.post("/assessments", status_code=201)
def assess(
    number: Number, sent: schemas.NewAssessment, installation: Shared, account: Assessor, once: Once
) -> schemas.Assessment:
    """Hand in a card. The own one may be sent again until the cards are open to all reviewers."""
    card, clock = Card(sent.scores, sent.reasons, sent.conclusion), installation.clock

    def make(session: Session) -> str:
        return str(assessments.assess(session, number, card, by=account, clock=clock).id)

    made = once.make(sent, make)
    with installation.database.reading() as session:
        proposal = proposal_by(session, number)
        own = cards.sheet(session, proposal, account, ()).own
        assert own is not None, f"assessment {made} was just committed"
        return _card(own, number, installation)


@router.get("/second-looks")
def some_second_looks(number: Number, installation: Shared, _caller: Caller) -> schemas.SecondLooks:
    with installation.database.reading() as session:
        proposal = proposal_by(session, number)
        return schemas.SecondLooks(items=_looks(session, proposal, installation), next_cursor=None)


@router.post("/second-looks", status_code=201)
def ask_again(
    number: Number, sent: schemas.NewSecondLook, installation: Shared, account: Assessor, once: Once
) -> schemas.SecondLook:
    """Ask that a reviewer who has not assessed it yet looks too. A rejected proposal is then open again."""
    clock = installation.clock

    def make(session: Session) -> str:
        return str(assessments.ask_again(session, number, sent.reason, by=account, clock=clock).id)

    made = once.make(sent, make)
    with installation.database.reading() as session:
        looks = _looks(session, proposal_by(session, number), installation)
    return next(look for look in looks if look.id == made)


def _sheet(
    session: Session, proposal: Proposal, account: Account, installation: Installation
) -> schemas.Assessments:
    criteria = campaign_of(session, proposal, installation).definition.criteria
    sheet = cards.sheet(session, proposal, account, criteria)
    results = [
        schemas.CriterionResult(key=result.criterion.key, mean=result.mean, spread=result.spread)
        for result in sheet.results
    ]
    return schemas.Assessments(
        items=[_card(given, proposal.number, installation) for given in sheet.cards],
        next_cursor=None,
        complete=sheet.given,
        needed=sheet.needed,
        criteria=results,
    )


def _card(given: Given, number: str, installation: Installation) -> schemas.Assessment:
    return schemas.Assessment(
        id=str(given.id),
        proposal=number,
        operator=given.operator,
        look=given.look,
        scores=dict(given.card.scores),
        reasons=dict(given.card.reasons),
        conclusion=given.card.conclusion,
        assessed_at=local(given.assessed_at, installation),
    )


def _looks(session: Session, proposal: Proposal, installation: Installation) -> list[schemas.SecondLook]:
    return [
        schemas.SecondLook(
            id=str(asked.look.id),
            proposal=proposal.number,
            operator=asked.operator,
            reason=asked.look.reason,
            asked_at=local(asked.look.asked_at, installation),
        )
        for asked in cards.second_looks(session, proposal)
    ]
