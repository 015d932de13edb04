"""Posters for units: making the codes, printing them."""

import asyncio
import io
from collections.abc import Sequence
from typing import Annotated

import segno
from fastapi import APIRouter, Query
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.ballots.unit_rules import units_named
from app.campaigns import queries as campaigns
from app.console.pages import page, redirect_with
from app.console.visiting import FormSent, Here, Who, allowed, text_of
from app.errors import Invalid, ShishiError
from app.followers import posters
from app.installation import Installation
from app.operators.queries import Account
from app.settings import AccountKind
from app.wechat import qrcodes
from app.wechat.errors import CallFailed

router = APIRouter()
POSTERS = "/console/posters"
MAKES = allowed(posters.POWER)
CALLS_AT_ONCE = 8


@router.get("/posters")
def listing(request: Request, here: Here, who: Who) -> Response:
    return _page(request, here, who)


@router.post("/posters")
async def make(request: Request, here: Here, who: Annotated[Account, MAKES], form: FormSent) -> Response:
    """Units that have one already are left as they are. What was made stays, also where the rest failed."""
    typed = text_of(form, "units")
    try:
        made, refusal = await _make(here, who, typed)
    except ShishiError as error:
        return _page(request, here, who, error, typed)
    if refusal is not None:
        return _page(request, here, who, refusal, typed)
    done = f"做好了 {made} 张，可以打印了。" if made else "这些单位都已经有了，没有另做。"
    return redirect_with(POSTERS, done)


@router.get("/posters/print")
def printed(
    request: Request, here: Here, _who: Who, poster: Annotated[Sequence[int], Query(max_length=1000)] = ()
) -> Response:
    """A sheet of paper for each."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        found = [(one.unit, _drawn(one.url)) for one in posters.some(session, poster)]
        return page(request, "posters_print.html", posters=found, campaign=campaign.definition)


async def _make(here: Installation, who: Account, typed: str) -> tuple[int, CallFailed | None]:
    """How many were made, and what went wrong with the rest, if anything."""
    if here.settings.wechat.account_kind is not AccountKind.SERVICE:
        raise Invalid("带单位的二维码只有服务号能做，这个公众号是订阅号。")
    units = units_named(typed)
    with here.database.reading() as session:
        wanted = posters.without_one(session, units)
    if len(wanted) > posters.AT_ONCE:
        raise Invalid(f"一次最多做 {posters.AT_ONCE} 个，请分几次。")
    gate = asyncio.Semaphore(CALLS_AT_ONCE)
    ends = await asyncio.gather(*(_make_one(here, who, unit, gate) for unit in wanted), return_exceptions=True)
    failed = [end for end in ends if isinstance(end, BaseException)]
    for end in failed:
        if not isinstance(end, CallFailed):
            raise end
    refusal = failed[0] if failed else None
    assert refusal is None or isinstance(refusal, CallFailed)
    return len(wanted) - len(failed), refusal


async def _make_one(here: Installation, who: Account, unit: str, gate: asyncio.Semaphore) -> None:
    scene = posters.new_scene()
    async with gate:
        url = await qrcodes.permanent(here.wechat, scene)
    await asyncio.to_thread(
        here.write, lambda session: posters.keep(session, unit, scene, url, by=who, clock=here.clock)
    )


def _page(
    request: Request, here: Installation, who: Account, refusal: ShishiError | None = None, typed: str = ""
) -> Response:
    with here.database.reading() as session:
        shown = {
            "came": posters.everyone(session),
            "may_make": who.may(posters.POWER),
            "is_service": here.settings.wechat.account_kind is AccountKind.SERVICE,
            "refusal": refusal and refusal.message,
            "typed": typed,
            "at_once": posters.AT_ONCE,
        }
        return page(request, "posters.html", refusal.status if refusal else 200, **shown)


def _drawn(url: str) -> Markup:
    drawn = io.BytesIO()
    segno.make(url, error="q").save(
        drawn, kind="svg", scale=8, border=4, xmldecl=False, svgclass=None, lineclass=None, omitsize=True
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by us
