"""/rounds: rounds of voting, from the draft to what they came to."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.api import round_schemas as schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.campaigns import refuse_impossible
from app.api.once import Once
from app.api.reading import row_id
from app.api.round_showing import results_shown, rounds_shown
from app.api.schemas import Name
from app.ballots import composing, queries, running
from app.ballots.electorate import FOLLOWERS, Electorate
from app.ballots.rules import RoundText
from app.campaigns import queries as campaigns
from app.errors import Invalid
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.statistics.outcomes import outcome

router = APIRouter(prefix="/rounds", tags=["rounds"])

Composer = Annotated[Account, Depends(allowed(Power.MAKE_ROUNDS))]
Runner = Annotated[Account, Depends(allowed(Power.RUN_ROUNDS))]
Confirmer = Annotated[Account, Depends(allowed(Power.CONFIRM_RESULTS))]
WHAT = "一轮投票"
MAY_BE_EMPTY = {"opens_at", "closes_at"}


def round_id(id: str, _caller: Caller) -> int:
    return row_id(id, WHAT)


RoundId = Annotated[int, Depends(round_id)]


@router.get("")
def some_rounds(campaign: Name, installation: Shared, _caller: Caller) -> schemas.Rounds:
    """The rounds of a campaign, the newest first."""
    refuse_impossible(campaign)
    with installation.database.reading() as session:
        view = campaigns.by_key(session, campaign, installation.clock)
        items = rounds_shown(session, queries.of_campaign(session, view.id), installation)
    return schemas.Rounds(items=items, next_cursor=None)


@router.post("", status_code=201)
def compose(sent: schemas.NewRound, installation: Shared, account: Composer, once: Once) -> schemas.Round:
    """Put a round together; nobody can vote before it is opened."""
    refuse_impossible(sent.campaign)
    text = RoundText(**_values(sent, exclude={"campaign"}))
    keyring, clock = installation.keyring, installation.clock

    def make(session: Session) -> str:
        made = composing.compose(session, sent.campaign, text, by=account, keyring=keyring, clock=clock)
        return str(made.id)

    return _read(int(once.make(sent, make)), installation)


@router.get("/{id}")
def one_round(id: RoundId, installation: Shared, _caller: Caller) -> schemas.Round:
    return _read(id, installation)


@router.patch("/{id}")
def edit(id: RoundId, sent: schemas.RoundChange, installation: Shared, account: Composer) -> schemas.Round:
    """Change what is named."""
    changes, clock = _values(sent, exclude_unset=True), installation.clock
    if emptied := [name for name, value in changes.items() if value is None and name not in MAY_BE_EMPTY]:
        raise Invalid(f"{'、'.join(emptied)} 不能是空的。")
    installation.write(lambda session: composing.edit(session, id, changes, by=account, clock=clock))
    return _read(id, installation)


@router.delete("/{id}", status_code=204)
def drop(id: RoundId, installation: Shared, account: Composer) -> None:
    """Throw a draft away."""
    clock = installation.clock
    installation.write(lambda session: composing.drop(session, id, by=account, clock=clock))


@router.post("/{id}/open")
def open_round(
    id: RoundId, installation: Shared, account: Runner, sent: schemas.Opening | None = None
) -> schemas.Round:
    """Let ballots be taken, now or when the time comes. From here on nothing of it can be changed."""
    at_its_time, clock = sent is not None and sent.at_its_time, installation.clock
    installation.write(
        lambda session: running.open_round(session, id, by=account, clock=clock, at_its_time=at_its_time)
    )
    return _read(id, installation)


@router.post("/{id}/close")
def close(id: RoundId, installation: Shared, account: Runner) -> schemas.Round:
    """End the voting now, and count."""
    keyring, clock = installation.keyring, installation.clock
    installation.write(lambda session: running.close(session, id, by=account, keyring=keyring, clock=clock))
    return _read(id, installation)


@router.post("/{id}/confirm")
def confirm(id: RoundId, installation: Shared, account: Confirmer) -> schemas.Round:
    """Say that the count is right: never by whoever composed the round."""
    keyring, clock = installation.keyring, installation.clock
    installation.write(lambda session: running.confirm(session, id, by=account, keyring=keyring, clock=clock))
    return _read(id, installation)


@router.post("/{id}/publish")
def publish(id: RoundId, installation: Shared, account: Confirmer) -> schemas.Round:
    """Make the result public: by another than who confirmed it."""
    keyring, clock = installation.keyring, installation.clock
    installation.write(lambda session: running.publish(session, id, by=account, keyring=keyring, clock=clock))
    return _read(id, installation)


@router.get("/{id}/results")
def results(id: RoundId, installation: Shared, _caller: Caller) -> schemas.Results:
    """What the round came to; sealed until the close, by hand or by the clock."""
    _settle(id, installation)
    with installation.database.reading() as session:
        found = queries.row(session, id)
        return results_shown(session, found, outcome(session, found, installation.keyring))


def _values(sent: BaseModel, **which: Any) -> dict[str, Any]:
    """What was sent, as the fields of RoundText. Raises Invalid."""
    values = sent.model_dump(**which)
    if values.get("candidates") is not None:
        values["candidates"] = tuple(int(each) for each in values["candidates"])
    if values.get("electorate") is not None:
        values["electorate"] = _electorate(values["electorate"])
    return values


def _electorate(sent: dict[str, Any]) -> Electorate:
    if "register_id" in sent:
        return Electorate(register_id=int(sent["register_id"]))
    if "followers_before" in sent:
        return Electorate(followers_before=sent["followers_before"])
    return FOLLOWERS


def _read(id: int, installation: Installation) -> schemas.Round:
    _settle(id, installation)
    with installation.database.reading() as session:
        return rounds_shown(session, [queries.row(session, id)], installation)[0]


def _settle(id: int, installation: Installation) -> None:
    """Have written down what the clock has done. Raises NoRound."""
    keyring, clock = installation.keyring, installation.clock
    with installation.database.reading() as session:
        overtaken = queries.is_overtaken(session, id, clock.now())
    if overtaken:
        installation.write(lambda session: running.settled(session, id, keyring, clock))
