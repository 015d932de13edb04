"""Registering for a round that a register decides on: card number and name, once, before the first ballot."""

from collections.abc import Mapping

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.ballots import binding, registers
from app.ballots.binding import BoundElsewhere, NoMatch, TooManyTries
from app.ballots.queries import NoRound
from app.campaigns import queries as campaigns
from app.errors import Invalid, ShishiError
from app.h5.pacing import Pace
from app.h5.pages import page, telling
from app.h5.visiting import FormSent, Here, Visitor, Who
from app.installation import Installation

LARGEST_ID = 2**31 - 1
TOO_FAST = "您按得太快了，请过一分钟再试。"
TO_MEND = (NoMatch, TooManyTries, BoundElsewhere, Invalid)

router = APIRouter()


@router.get("/register/{round_id:int}")
def asking(request: Request, here: Here, who: Who, round_id: int) -> Response:
    return _ask(request, here, who, _known(round_id))


@router.post("/register/{round_id:int}")
def registering(request: Request, here: Here, who: Who, form: FormSent, round_id: int) -> Response:
    card, name = form.get("card", ""), form.get("name", "")

    def bind(session: Session) -> None:
        binding.bind(session, round_id, who.id, card, name, keyring=here.keyring, clock=here.clock)

    _known(round_id)
    posts: Pace = request.app.state.paces.posts
    posts.count(who.id)
    if posts.is_exceeded(who.id):
        return telling(request, "请慢一点", TOO_FAST, 429, (f"/h5/register/{round_id}", "再试一次"))
    try:
        here.write(bind)
    except TO_MEND as refusal:
        return _ask(request, here, who, round_id, form, refusal)
    return _to_the_ballot(round_id)


def _ask(
    request: Request,
    here: Installation,
    who: Visitor,
    round_id: int,
    typed: Mapping[str, str] | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    with here.database.reading() as session:
        round = binding.to_bind(session, round_id, who.id, here.keyring, here.clock)
        if round is None:
            return _to_the_ballot(round_id)
        register_id = round.fixed.electorate.register_id
        assert register_id is not None, "whoever is to be bound votes by a register"
        return page(
            request,
            "registering.html",
            refusal.status if refusal else 200,
            round=round,
            register=registers.by_id(session, register_id),
            office=campaigns.by_id(session, round.campaign_id, here.clock).definition.office,
            typed=typed or {},
            refusal=refusal and refusal.message,
            token=who.token,
        )


def _to_the_ballot(round_id: int) -> Response:
    return RedirectResponse(f"/h5/vote/{round_id}", 303)


def _known(round_id: int) -> int:
    """Raises NoRound for a number no round can have."""
    if not 0 < round_id <= LARGEST_ID:
        raise NoRound("没有这一轮投票，链接可能不完整。")
    return round_id
