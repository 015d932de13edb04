"""A unit's collective opinion: whoever has the unit's link reads and writes it, in WeChat or at a desk.

The link is all there is: nobody signs in, and a form from elsewhere would have to know it.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.ballots import queries, unit_links, unit_opinions
from app.ballots.unit_links import NoLink
from app.ballots.unit_opinions import UnitSheet
from app.ballots.unit_rules import STANCE_TITLES, TEXT_LIMIT, Said, said_in
from app.campaigns.dates import moment, until
from app.errors import Invalid, ShishiError
from app.h5.pages import page, telling
from app.h5.visiting import Here, fields_of
from app.installation import Installation
from models.enums import RoundState

LARGEST_ID = 2**31 - 1
NOT_FOUND_ANYWHERE = {"x-robots-tag": "noindex, nofollow"}

router = APIRouter()
Fields = Annotated[Mapping[str, str], Depends(fields_of)]


@router.get("/unit/{round_id:int}/{secret}")
def reading(request: Request, here: Here, round_id: int, secret: str) -> Response:
    return _hidden(_shown(request, here, round_id, secret))


@router.post("/unit/{round_id:int}/{secret}")
def giving(request: Request, here: Here, fields: Fields, round_id: int, secret: str) -> Response:
    said = said_in(fields)
    try:
        _known(round_id)
        with here.database.reading() as session:  # whoever guesses at links keeps no writer busy
            unit_links.by_secret(session, round_id, secret)
        here.write(
            lambda session: unit_opinions.give(
                session, round_id, secret, said, keyring=here.keyring, clock=here.clock
            )
        )
    except ShishiError as refusal:
        return _hidden(_shown(request, here, round_id, secret, said, refusal))
    return _hidden(RedirectResponse(f"{request.url.path}?news=saved", 303))


def _shown(
    request: Request,
    here: Installation,
    round_id: int,
    secret: str,
    typed: Mapping[int, Said] | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    """With what was typed and refused, so that it can be mended, or at least copied."""
    try:
        _known(round_id)
        with here.database.reading() as session:
            sheet = unit_opinions.sheet(session, round_id, secret, here.keyring, here.clock)
            candidates = queries.candidates_of(session, round_id)
    except NoLink as unknown:
        return telling(request, "链接打不开", unknown.message, unknown.status)
    if sheet.round.state is RoundState.DRAFT:
        return telling(request, "还没有开始", _not_begun(sheet, here), 409 if refusal else 200)
    said = sheet.given.said if sheet.given else {}
    mends = isinstance(refusal, Invalid) and sheet.open
    shown: dict[str, Any] = {
        "sheet": sheet,
        "candidates": list(zip(sheet.round.slip.numbers, candidates, strict=True)),
        "said": typed if typed is not None and mends else said,
        "unsaved": typed if typed is not None and not mends else None,
        "stances": STANCE_TITLES,
        "text_limit": TEXT_LIMIT,
        "closing": until(sheet.round.closes_at, here.settings.zone) if sheet.round.closes_at else "",
        "given_at": moment(sheet.given.at, here.settings.zone) if sheet.given else "",
        "ended": sheet.round.state is not RoundState.OPEN,
        "office": sheet.campaign.definition.office,
        "saved": request.query_params.get("news") == "saved" and refusal is None,
        "refusal": refusal and refusal.message,
    }
    return page(request, "unit.html", refusal.status if refusal else 200, **shown)


def _not_begun(sheet: UnitSheet, here: Installation) -> str:
    opens_at = sheet.round.opens_at
    when = f"{moment(opens_at, here.settings.zone)}开始" if opens_at else "还没有开始"
    return f"“{sheet.round.title}”{when}，到时候请再打开这个链接，填写{sheet.unit}的集体意见。"


def _known(round_id: int) -> None:
    """Raises NoLink for a number no round can have."""
    if not 0 < round_id <= LARGEST_ID:
        raise NoLink("这个链接打不开，可能没有复制完整。请联系发链接给您的工作人员。")


def _hidden(response: Response) -> Response:
    """No search engine keeps it."""
    response.headers.update(NOT_FOUND_ANYWHERE)
    return response
