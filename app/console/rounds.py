"""Rounds of voting: which there are, where each stands, what it came to once it is closed."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.ballots import composing, lots, queries, running
from app.ballots.rules import STRICTEST_FIRST, TURNOUT_TITLES
from app.campaigns import queries as campaigns
from app.console import charts
from app.console.at_hand import category_titles
from app.console.pages import page, redirect_with
from app.console.round_facts import ROUNDS, RoundId, about, found, said_state, settle, turnout
from app.console.round_form import turnout_in
from app.console.round_steps import next_step
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.statistics.outcomes import outcome
from app.statistics.turnout import turnout as by_unit
from app.triage import lineage
from app.triage.ballot_text import MATURITY_TITLES
from models import Action, Round
from models.enums import RoundState, Turnout

router = APIRouter()
Maker = Annotated[Account, allowed(Power.MAKE_ROUNDS)]
ANYBODY = "anybody"  # whose order of candidates the preview has


@router.get("/rounds")
def listing(request: Request, here: Here, who: Who) -> Response:
    now = here.clock.now()
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        views = [
            (round, queries.view(session, round, here.keyring, now))
            for round in queries.of_campaign(session, campaign.id)
        ]
        shown = {
            "rounds": [(view, said_state(round, view), turnout(session, view)) for round, view in views],
            "campaign": campaign,
            "may_make": who.may(Power.MAKE_ROUNDS),
        }
        return page(request, "rounds.html", **shown)


@router.get("/rounds/{round_id}")
def one_round(request: Request, here: Here, who: Who, round_id: RoundId) -> Response:
    return _page(request, here, who, round_id)


@router.get("/rounds/{round_id}/preview")
def preview(request: Request, here: Here, _who: Who, round_id: RoundId) -> Response:
    """The ballot as one of the voters will have it."""
    with here.database.reading() as session:
        _, view, campaign = found(session, here, round_id)
        candidates = queries.candidates_of(session, round_id)
        by_number = dict(zip(view.slip.numbers, candidates, strict=True))
        origins = lineage.of_candidates(session, candidates)
        shown = {
            "round": view,
            "candidates": [(one, by_number[one]) for one in lots.shuffled(view.slip.numbers, view.seed, ANYBODY)],
            "numbers": {one: [each.number for top in tops for each in top.all()] for one, tops in origins.items()},
            "wording": campaign.definition.wording,
            "categories": category_titles(campaign),
            "maturities": MATURITY_TITLES,
        }
        return page(request, "rounds_preview.html", **shown)


@router.post("/rounds/{round_id}/turnout")
def tighten(request: Request, here: Here, who: Maker, round_id: RoundId, form: FormSent) -> Response:
    try:
        changes = {"turnout": turnout_in(text_of(form, "turnout"))}
        here.write(lambda session: composing.edit(session, round_id, changes, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _page(request, here, who, round_id, refusal)
    return redirect_with(f"{ROUNDS}/{round_id}", "保密收紧了。")


@router.post("/rounds/{round_id}/drop", dependencies=[FROM_OUR_PAGE])
def drop(request: Request, here: Here, who: Maker, round_id: RoundId) -> Response:
    try:
        here.write(lambda session: composing.drop(session, round_id, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _page(request, here, who, round_id, refusal)
    return redirect_with(ROUNDS, "这一轮投票取消了。")


def _page(
    request: Request, here: Installation, who: Account, round_id: int, refusal: ShishiError | None = None
) -> Response:
    """Raises NoRound."""
    settle(here, round_id)
    with here.database.reading() as session:
        round, view, campaign = found(session, here, round_id)
        makes = who.may(Power.MAKE_ROUNDS)
        shown = {
            **about(session, here, round, view, campaign),
            "register_changes": _said(running.register_changes(session, round.id)),
            "next": next_step(round, view.state, campaign, who, running.hands(session, round.id)),
            "outcome": outcome(session, round, here.keyring) if round.tally else None,
            "units": by_unit(round.turnout_by_unit) if round.turnout_by_unit else None,
            "share": charts.share,
            "may_edit": makes and round.released_by is None,
            "stricter": _stricter(round, view.state) if makes else [],
            "refusal": refusal and refusal.message,
        }
        return page(request, "round.html", refusal.status if refusal else 200, **shown)


def _stricter(round: Round, state: RoundState) -> list[tuple[Turnout, str]]:
    """What the secrecy may still be tightened to, while the round is under way."""
    if round.released_by is None or state not in (RoundState.DRAFT, RoundState.OPEN):
        return []
    return [(each, TURNOUT_TITLES[each]) for each in STRICTEST_FIRST[: STRICTEST_FIRST.index(round.turnout)]]


def _said(changes: Sequence[Action]) -> str:
    """How the register was changed while people voted; empty where it was not."""
    added = sum(change.verb == "register.add" for change in changes)
    released = len(changes) - added
    told = [f"补登 {added} 人" if added else "", f"解开 {released} 张卡" if released else ""]
    return "、".join(filter(None, told))
