"""Putting a round together, and changing it while it is a draft."""

from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.ballots import composing, queries
from app.ballots.rules import OPINION_LIMIT, TITLE_LIMIT, TURNOUT_TITLES
from app.ballots.types import TYPES
from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.console.at_hand import category_titles
from app.console.pages import page, redirect_with
from app.console.round_facts import ROUNDS, RoundId, found
from app.console.round_form import BEFORE, FOLLOWING, REGISTER, Typed, text_in, typed_in, typed_of
from app.console.visiting import FormSent, Here, allowed
from app.errors import ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.triage import candidates
from models import Round

router = APIRouter()
MAKES = allowed(Power.MAKE_ROUNDS)
Maker = Annotated[Account, MAKES]


@router.get("/rounds/new", dependencies=[MAKES])
def begin(request: Request, here: Here) -> Response:
    """All candidates are ticked; most rounds ask for all of them."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        ids = frozenset(one.id for one in candidates.of_campaign(session, campaign.id))
        typed = Typed(title=f"{campaign.definition.title}投票"[:TITLE_LIMIT], candidates=ids)
        return _form(request, session, campaign, typed)


@router.post("/rounds")
def compose(request: Request, here: Here, who: Maker, form: FormSent) -> Response:
    try:
        with here.database.reading() as session:
            key = campaigns.current(session, here.clock).key
        text = text_in(typed_in(form), here.settings.zone)
        made = here.write(
            lambda session: (
                composing.compose(session, key, text, by=who, keyring=here.keyring, clock=here.clock).id
            )
        )
    except ShishiError as refusal:
        return _again(request, here, form, refusal)
    return redirect_with(f"{ROUNDS}/{made}", "这一轮投票组成好了，请核对一遍，再看看选票上的样子。")


@router.get("/rounds/{round_id}/edit", dependencies=[MAKES])
def draft(request: Request, here: Here, round_id: RoundId) -> Response:
    with here.database.reading() as session:
        round, _, campaign = found(session, here, round_id)
        composing.require_unreleased(round, "再改")
        typed = typed_of(composing.text_of(session, round), here.settings.zone)
        return _form(request, session, campaign, typed, round)


@router.post("/rounds/{round_id}/edit")
def edit(request: Request, here: Here, who: Maker, round_id: RoundId, form: FormSent) -> Response:
    try:
        changes = vars(text_in(typed_in(form), here.settings.zone))
        here.write(lambda session: composing.edit(session, round_id, changes, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _again(request, here, form, refusal, round_id)
    return redirect_with(f"{ROUNDS}/{round_id}", "保存好了。")


def _again(
    request: Request, here: Installation, form: FormData, refusal: ShishiError, round_id: int | None = None
) -> Response:
    """The form with all that was typed, as a new round's if it was dropped meanwhile."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        round = session.get(Round, round_id) if round_id else None
        return _form(request, session, campaign, typed_in(form), round, refusal)


def _form(
    request: Request,
    session: Session,
    campaign: CampaignView,
    typed: Typed,
    round: Round | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    shown = {
        "round": round,
        "typed": typed,
        "candidates": candidates.of_campaign(session, campaign.id),
        "categories": category_titles(campaign),
        "types": TYPES,
        "turnouts": TURNOUT_TITLES,
        "registers": {f"{REGISTER}{one.id}": one for one in queries.registers_of(session, campaign.id)},
        "following": FOLLOWING,
        "before": BEFORE,
        "title_limit": TITLE_LIMIT,
        "opinion_limit": OPINION_LIMIT,
        "campaign": campaign,
        "refusal": refusal and refusal.message,
    }
    return page(request, "rounds_edit.html", refusal.status if refusal else 200, **shown)
