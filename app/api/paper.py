"""/rounds/{id}/paper: votes on paper, each entered by two operators."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.api import beside_schemas as schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.once import Once
from app.api.reading import local, row_id
from app.api.rounds import RoundId
from app.ballots import paper_rules, paper_votes, queries
from app.ballots.choices import Stance
from app.ballots.paper_votes import Entered, Sheet
from app.ballots.register_rows import entry_of
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from models.enums import PaperState

router = APIRouter(prefix="/rounds/{id}/paper", tags=["rounds"])
Clerk = Annotated[Account, Depends(allowed(Power.ENTER_PAPER))]
STANCES = {stance.name.lower(): stance for stance in Stance}


def paper_id(paper: str, _caller: Caller) -> int:
    return row_id(paper, "张纸质选票")


PaperId = Annotated[int, Depends(paper_id)]


@router.get("")
def some_papers(id: RoundId, installation: Shared, caller: Caller) -> schemas.PaperBallots:
    """What still needs somebody first, then the newest.

    Those that are done only for who enters papers, or where operators may know how many have voted.
    """
    with installation.database.reading() as session:
        view = queries.by_id(session, id, installation.keyring, installation.clock.now())
        entered = paper_votes.of_round(session, view, caller)
    return schemas.PaperBallots(items=[_paper(one, installation) for one in entered], next_cursor=None)


@router.post("")
def enter(
    id: RoundId, sent: schemas.NewPaperBallot, installation: Shared, account: Clerk, once: Once
) -> schemas.EnteredPaperBallot:
    """Enter a paper, for the first time or the second; `state` tells which it was, and what came of it."""
    given = {int(number): STANCES[word] for number, word in sent.choices.items()}
    scan = paper_rules.scan_of(sent.scan)
    sheet = Sheet(scan, entry_of(sent.card, sent.name), paper_rules.stances(given))
    keyring, clock = installation.keyring, installation.clock

    def make(session: Session) -> str:
        return paper_votes.enter(session, id, sheet, by=account, keyring=keyring, clock=clock).value

    return schemas.EnteredPaperBallot(scan=scan, state=PaperState(once.make(sent, make)))


@router.post("/{paper}/drop")
def drop(
    id: RoundId, paper: PaperId, sent: schemas.Dropping, installation: Shared, account: Clerk
) -> schemas.PaperBallot:
    """Give up one that is not in the box; its scan number may be entered anew."""
    clock = installation.clock
    installation.write(lambda session: paper_votes.drop(session, id, paper, sent.reason, by=account, clock=clock))
    with installation.database.reading() as session:
        view = queries.by_id(session, id, installation.keyring, clock.now())
        entered = paper_votes.of_round(session, view, account)
    return next(_paper(one, installation) for one in entered if one.id == paper)


def _paper(one: Entered, installation: Installation) -> schemas.PaperBallot:
    return schemas.PaperBallot(
        id=str(one.id),
        scan=one.scan,
        state=one.state,
        first_by=one.first_by,
        first_at=local(one.first_at, installation),
        second_by=one.second_by,
        second_at=local(one.second_at, installation) if one.second_at else None,
    )
