"""What units say of a round's candidates: links for them, what came by these or on paper, side by side."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.ballots import queries, unit_links, unit_opinions
from app.ballots.unit_links import BEFORE_THE_CLOSE, Made
from app.ballots.unit_rules import STANCE_TITLES, TEXT_LIMIT, Said, said_in, units_named
from app.campaigns.dates import until
from app.console.pages import page, redirect_with
from app.console.round_facts import ROUNDS, RoundId, found, said_state
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.statistics.unit_opinions import readable, units_said
from models.enums import RoundState

router = APIRouter()
MAKER = allowed(Power.MAKE_ROUNDS)
Maker = Annotated[Account, MAKER]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BLANK_NAME = "征求意见表.docx"
LinkId = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/rounds/{round_id}/units")
def units(request: Request, here: Here, who: Who, round_id: RoundId) -> Response:
    return _page(request, here, who, round_id)


@router.post("/rounds/{round_id}/units/links")
def make_links(request: Request, here: Here, who: Maker, round_id: RoundId, form: FormSent) -> Response:
    """The links are on the answer itself and nowhere else: nothing of them is kept."""
    typed = text_of(form, "units")
    try:
        named = units_named(typed)
        made = here.write(lambda session: unit_links.make(session, round_id, named, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _page(request, here, who, round_id, refusal=refusal, typed=typed)
    return _page(request, here, who, round_id, made=made)


@router.post("/rounds/{round_id}/units/links/{link_id}/withdraw", dependencies=[FROM_OUR_PAGE])
def withdraw(request: Request, here: Here, who: Maker, round_id: RoundId, link_id: LinkId) -> Response:
    try:
        here.write(lambda session: unit_links.withdraw(session, round_id, link_id, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _page(request, here, who, round_id, refusal=refusal)
    return redirect_with(f"{ROUNDS}/{round_id}/units", "链接作废了，再点就打不开；已经交来的意见还在。")


@router.get("/rounds/{round_id}/units/entering", dependencies=[MAKER])
def entering(request: Request, here: Here, round_id: RoundId, unit: str = "") -> Response:
    """What came on paper or as a Word form; for a unit that has said something, that stands there."""
    return _form(request, here, round_id, unit)


@router.post("/rounds/{round_id}/units/entering")
def enter(request: Request, here: Here, who: Maker, round_id: RoundId, form: FormSent) -> Response:
    unit, said = text_of(form, "unit"), said_in(_texts(form))
    keyring, clock = here.keyring, here.clock
    try:
        here.write(
            lambda session: unit_opinions.enter(
                session, round_id, unit, said, by=who, keyring=keyring, clock=clock
            )
        )
    except ShishiError as refusal:
        return _form(request, here, round_id, unit, said, refusal)
    return redirect_with(f"{ROUNDS}/{round_id}/units", f"{unit.strip()}的意见录好了。")


@router.get("/rounds/{round_id}/units/blank.docx")
def blank(here: Here, _who: Who, round_id: RoundId) -> Response:
    """The form for units that answer on paper."""
    from app.ballots import unit_word  # slow to import, and rarely wanted

    with here.database.reading() as session:
        _, view, campaign = found(session, here, round_id)
        numbered = list(zip(view.slip.numbers, queries.candidates_of(session, round_id), strict=True))
        closing = until(view.closes_at, here.settings.zone) if view.closes_at else ""
        content = unit_word.blank(campaign.definition, view.title, closing, numbered)
    return Response(
        content,
        media_type=DOCX,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(BLANK_NAME)}"},
    )


def _texts(form: FormData) -> Mapping[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _page(
    request: Request,
    here: Installation,
    who: Account,
    round_id: int,
    *,
    made: Made | None = None,
    refusal: ShishiError | None = None,
    typed: str = "",
) -> Response:
    """Raises NoRound."""
    with here.database.reading() as session:
        round, view, campaign = found(session, here, round_id)
        candidates = queries.candidates_of(session, round_id)
        makes = who.may(Power.MAKE_ROUNDS)
        shown = {
            "round": round,
            "view": view,
            "state": said_state(round, view),
            "titles": {number: one.title for number, one in zip(view.slip.numbers, candidates, strict=True)},
            "given": readable(session, view, here.keyring),
            "whole": units_said(session, view, here.keyring),
            "links": unit_links.of_round(session, round_id),
            "stances": STANCE_TITLES,
            "made": {
                unit: f"{here.settings.public_url}/h5/unit/{round_id}/{secret}"
                for unit, secret in made.secrets.items()
            }
            if made
            else {},
            "already": made.already if made else (),
            "may_make": makes and view.state in BEFORE_THE_CLOSE,
            "may_enter": makes and view.state is RoundState.OPEN and campaign.allows.vote,
            "typed": typed,
            "refusal": refusal and refusal.message,
        }
        return page(request, "units_said.html", refusal.status if refusal else 200, **shown)


def _form(
    request: Request,
    here: Installation,
    round_id: int,
    unit: str,
    typed: Mapping[int, Said] | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    """Raises NoRound."""
    with here.database.reading() as session:
        round, view, _ = found(session, here, round_id)
        candidates = queries.candidates_of(session, round_id)
        given = unit_opinions.of_unit(session, view, unit.replace("\x00", ""), here.keyring)
        shown = {
            "round": round,
            "view": view,
            "candidates": list(zip(view.slip.numbers, candidates, strict=True)),
            "unit": unit,
            "units": [link.unit for link in unit_links.of_round(session, round_id)],
            "said": typed if typed is not None else given.said if given else {},
            "stances": STANCE_TITLES,
            "text_limit": TEXT_LIMIT,
            "refusal": refusal and refusal.message,
        }
        return page(request, "unit_opinion.html", refusal.status if refusal else 200, **shown)
