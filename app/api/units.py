"""/rounds/{id}/unit-opinions and /unit-links: what units as a whole think; never votes."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends

from app.api import beside_schemas as schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.reading import local, row_id
from app.api.rounds import RoundId
from app.ballots import queries, unit_links, unit_opinions
from app.ballots.unit_opinions import Given
from app.ballots.unit_rules import Said, unit_named
from app.errors import Invalid
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.statistics.unit_opinions import readable

router = APIRouter(prefix="/rounds/{id}", tags=["rounds"])
Maker = Annotated[Account, Depends(allowed(Power.MAKE_ROUNDS))]


def link_id(link: str, _caller: Caller) -> int:
    return row_id(link, "个链接")


LinkId = Annotated[int, Depends(link_id)]


@router.get("/unit-opinions")
def some_opinions(id: RoundId, installation: Shared, _caller: Caller) -> schemas.UnitOpinions:
    """By unit. Operators read them while the round is open; the public after its publication, and less.

    Personal data is masked.
    """
    with installation.database.reading() as session:
        view = queries.by_id(session, id, installation.keyring, installation.clock.now())
        given = readable(session, view, installation.keyring)
    return schemas.UnitOpinions(items=[_opinion(one, installation) for one in given], next_cursor=None)


@router.put("/unit-opinions/{unit}")
def enter(
    id: RoundId, unit: str, sent: schemas.NewUnitOpinion, installation: Shared, account: Maker
) -> schemas.UnitOpinion:
    """Enter what a unit has sent on paper; it replaces what the unit had said. While the round is open."""
    said, keyring, clock = _said(sent), installation.keyring, installation.clock
    named = unit_named(unit)
    installation.write(
        lambda session: unit_opinions.enter(session, id, named, said, by=account, keyring=keyring, clock=clock)
    )
    with installation.database.reading() as session:
        given = unit_opinions.of_unit(session, queries.by_id(session, id, keyring, clock.now()), named, keyring)
    assert given is not None, "it has just been entered"
    return _opinion(given, installation)


@router.get("/unit-links")
def some_links(id: RoundId, installation: Shared, _caller: Caller) -> schemas.UnitLinks:
    """Those that open; without the links themselves, which were shown when they were made."""
    with installation.database.reading() as session:
        queries.row(session, id)
        links = unit_links.of_round(session, id)
    items = [
        schemas.UnitLink(
            id=str(one.id), unit=one.unit, made_by=one.made_by, made_at=local(one.made_at, installation)
        )
        for one in links
    ]
    return schemas.UnitLinks(items=items, next_cursor=None)


@router.post("/unit-links", status_code=201)
def make_links(
    id: RoundId, sent: schemas.NewUnitLinks, installation: Shared, account: Maker
) -> schemas.MadeUnitLinks:
    """A link for each unit that has none yet, so that sending this again makes no second one."""
    clock = installation.clock
    made = installation.write(lambda session: unit_links.make(session, id, sent.units, by=account, clock=clock))
    base = f"{installation.settings.public_url}/h5/unit/{id}"
    items = [schemas.MadeUnitLink(unit=unit, link=f"{base}/{secret}") for unit, secret in made.secrets.items()]
    return schemas.MadeUnitLinks(items=items, already=list(made.already))


@router.delete("/unit-links/{link}", status_code=204)
def withdraw(id: RoundId, link: LinkId, installation: Shared, account: Maker) -> None:
    """Nobody comes in by it any more; what was said by it stays."""
    clock = installation.clock
    installation.write(lambda session: unit_links.withdraw(session, id, link, by=account, clock=clock))


def _said(sent: schemas.NewUnitOpinion) -> Mapping[int, Said]:
    """Raises Invalid."""
    said = {one.candidate: Said(one.stance, one.text) for one in sent.opinions}
    if len(said) < len(sent.opinions):
        raise Invalid("有候选项目写了两次，请合成一条。")
    return said


def _opinion(given: Given, installation: Installation) -> schemas.UnitOpinion:
    opinions = [
        schemas.Opinion(candidate=number, stance=one.stance, text=one.text) for number, one in given.said.items()
    ]
    return schemas.UnitOpinion(
        unit=given.unit, opinions=opinions, entered_by=given.by, at=local(given.at, installation)
    )
