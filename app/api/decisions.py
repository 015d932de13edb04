"""/proposals/{number}/decision and /decisions: what became of proposals, prepared and published."""

from collections.abc import Iterable

from fastapi import APIRouter
from sqlalchemy.orm import Session

from app.api import schemas as shapes
from app.api import triage_schemas as schemas
from app.api.authorisation import Caller, Shared
from app.api.campaigns import refuse_impossible
from app.api.once import Once
from app.api.proposals import read
from app.api.reading import Number, local, proposal_by
from app.campaigns import queries as campaigns
from app.installation import Installation
from app.operators import queries as operators
from app.triage import decisions
from app.triage.decisions import Verdict
from app.triage.rules import POWER_FOR
from models import Decision, Proposal

router = APIRouter(tags=["decisions"])


@router.post("/proposals/{number}/decision", status_code=201)
def decide(
    number: Number, sent: schemas.NewDecision, installation: Shared, account: Caller, once: Once
) -> shapes.Proposal:
    """Decide, and answer with the proposal as it is then; its author is owed a notice in the same moment.

    With `hold` the decision is only prepared: nothing changes and nobody is told until it is published.
    """
    account.require(POWER_FOR[sent.decision])
    verdict, clock = Verdict(sent.decision, sent.reason, sent.ground), installation.clock

    def make(session: Session) -> str:
        return str(decisions.decide(session, number, verdict, by=account, clock=clock, hold=sent.hold).id)

    once.make(sent, make)
    installation.wake_up()
    return read(number, installation, account)


@router.get("/proposals/{number}/decisions")
def history(number: Number, installation: Shared, _caller: Caller) -> schemas.Decisions:
    """All decisions there were, the oldest first; one that is only prepared has no `published_at`."""
    with installation.database.reading() as session:
        proposal = proposal_by(session, number)
        items = _shown(session, ((one, proposal) for one in decisions.history(session, proposal)), installation)
    return schemas.Decisions(items=items, next_cursor=None)


@router.get("/decisions")
def prepared(campaign: shapes.Name, installation: Shared, _caller: Caller) -> schemas.Decisions:
    """What waits to be published."""
    refuse_impossible(campaign)
    with installation.database.reading() as session:
        view = campaigns.by_key(session, campaign, installation.clock)
        items = _shown(session, decisions.prepared(session, view.id), installation)
    return schemas.Decisions(items=items, next_cursor=None)


@router.post("/decisions/publication", status_code=201)
def publish(sent: schemas.Publication, installation: Shared, account: Caller, once: Once) -> schemas.Published:
    """Publish prepared decisions in one go: all of them or none."""
    refuse_impossible(sent.campaign)
    clock = installation.clock

    def make(session: Session) -> str:
        campaign = campaigns.by_key(session, sent.campaign, clock)
        return str(decisions.publish(session, campaign.id, sent.proposals, by=account, clock=clock))

    published = int(once.make(sent, make))
    installation.wake_up()
    return schemas.Published(published=published)


def _shown(
    session: Session, found: Iterable[tuple[Decision, Proposal]], installation: Installation
) -> list[schemas.Decision]:
    rows = list(found)
    names = operators.names(session, {decision.operator_id for decision, _ in rows})
    return [
        schemas.Decision(
            id=str(decision.id),
            proposal=proposal.number,
            decision=decision.kind,
            reason=decision.reason,
            ground=decision.ground,
            operator=names[decision.operator_id],
            decided_at=local(decision.decided_at, installation),
            published_at=local(decision.published_at, installation) if decision.published_at else None,
        )
        for decision, proposal in rows
    ]
