"""/rounds/{id}/marks and /invalidations: what stands out, and ballots that two persons make invalid."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from app.api import doubt_schemas as schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.once import Once
from app.api.reading import local, row_id
from app.api.rounds import RoundId
from app.ballots import invalid, invalidating, marks, queries
from app.ballots.invalid import Proposed
from app.ballots.invalidating import Doubted
from app.ballots.marks import Mark
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power

router = APIRouter(prefix="/rounds/{id}", tags=["rounds"])


def doubter(account: Caller) -> Account:
    marks.require_doubting(account)
    return account


def proposal_number(proposal: str, _caller: Caller) -> int:
    return row_id(proposal, "一件")


Doubter = Annotated[Account, Depends(doubter)]
Runner = Annotated[Account, Depends(allowed(Power.RUN_ROUNDS))]
Number = Annotated[int, Depends(proposal_number)]


@router.get("/marks")
def some_marks(id: RoundId, installation: Shared, _caller: Caller) -> schemas.Marks:
    """What stands out among the ballots: nothing of it is dropped by itself, nothing shows what was chosen."""
    return _marks(id, installation)


@router.post("/marks/reviews", status_code=201)
def review(id: RoundId, sent: schemas.NewReview, installation: Shared, account: Doubter) -> schemas.Marks:
    """Keep what somebody found who looked into a mark."""
    known = _known(installation, account)
    installation.write(lambda session: marks.review(session, id, sent.mark, sent.note, **known))
    return _marks(id, installation)


@router.get("/invalidations")
def some_invalidations(id: RoundId, installation: Shared, _caller: Caller) -> schemas.Invalidations:
    """The newest first."""
    return schemas.Invalidations(items=_proposals(id, installation), next_cursor=None)


@router.post("/invalidations", status_code=201)
def propose(
    id: RoundId, sent: schemas.NewInvalidation, installation: Shared, account: Doubter, once: Once
) -> schemas.Invalidation:
    """Say that ballots should not count; they do until another operator agrees."""
    doubted = Doubted(sent.mark or "", tuple(sent.receipts or ()))
    known = _known(installation, account)
    number = once.make(
        sent, lambda session: str(invalidating.propose(session, id, doubted, sent.reason, sent.note, **known))
    )
    return _one(id, int(number), installation)


@router.post("/invalidations/{proposal}/agree")
def agree(id: RoundId, proposal: Number, installation: Shared, account: Runner) -> schemas.Invalidation:
    """From now on they do not count: never by whoever proposed it. After the close all is counted anew."""
    return _decided(invalidating.agree, id, proposal, installation, account)


@router.post("/invalidations/{proposal}/drop")
def drop(id: RoundId, proposal: Number, installation: Shared, account: Runner) -> schemas.Invalidation:
    """They count as before."""
    return _decided(invalidating.drop, id, proposal, installation, account)


def _known(installation: Installation, account: Account) -> dict[str, Any]:
    return {"by": account, "keyring": installation.keyring, "clock": installation.clock}


def _decided(
    decide: Callable[..., None], id: int, number: int, installation: Installation, account: Account
) -> schemas.Invalidation:
    known = _known(installation, account)
    installation.write(lambda session: decide(session, id, number, **known))
    return _one(id, number, installation)


def _one(id: int, number: int, installation: Installation) -> schemas.Invalidation:
    return next(one for one in _proposals(id, installation) if one.id == str(number))


def _marks(id: int, installation: Installation) -> schemas.Marks:
    with installation.database.reading() as session:
        view = queries.by_id(session, id, installation.keyring, installation.clock.now())
        found = marks.of_round(session, view)
    tells = marks.may_tell_counts(view)
    return schemas.Marks(items=[_mark(each, tells, installation) for each in found], next_cursor=None)


def _mark(mark: Mark, tells: bool, installation: Installation) -> schemas.Mark:
    review = mark.review and schemas.Review(
        note=mark.review.note,
        ballots=mark.review.ballots if tells else None,
        by=mark.review.by,
        at=local(mark.review.at, installation),
    )
    return schemas.Mark(
        mark=mark.name,
        kind=mark.kind,
        title=mark.title,
        explained=mark.explained,
        at=local(mark.at, installation) if mark.at else None,
        ballots=mark.ballots if tells else None,
        review=review,
    )


def _proposals(id: int, installation: Installation) -> list[schemas.Invalidation]:
    with installation.database.reading() as session:
        view = queries.by_id(session, id, installation.keyring, installation.clock.now())
        found = invalid.proposals(session, id)
    return [_proposal(each, marks.may_tell_counts(view), installation) for each in found]


def _proposal(one: Proposed, tells: bool, installation: Installation) -> schemas.Invalidation:
    counts: dict[str, Any] = {"ballots": one.ballots, "counting": one.counting} if tells else {}
    return schemas.Invalidation(
        id=str(one.number),
        state=one.state,
        mark=one.mark or None,
        receipt=one.receipt or None,
        reason=one.reason,
        note=one.note,
        ballots=counts.get("ballots"),
        counting=counts.get("counting"),
        proposed_by=one.proposed_by_name,
        proposed_at=local(one.proposed_at, installation),
        decided_by=one.decided_by_name,
        decided_at=local(one.decided_at, installation) if one.decided_at else None,
    )
