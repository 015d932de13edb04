"""Votes on paper: typed in one after the other, each by two persons; no page shows what the other has typed."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.ballots import paper_rules, paper_votes, queries
from app.ballots.paper_rules import AT_WORK, STATE_TITLES
from app.ballots.paper_votes import Sheet
from app.ballots.register_rows import entry_of
from app.console.pages import page, redirect_with
from app.console.round_facts import ROUNDS, RoundId, found, said_state
from app.console.visiting import FormSent, Here, Who, allowed, text_of
from app.errors import ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from models.enums import PaperState, RoundState

router = APIRouter()
Clerk = Annotated[Account, allowed(Power.ENTER_PAPER)]
PaperId = Annotated[int, Path(ge=1, lt=2**31)]
FIELDS = ("scan", "card", "name", "approved", "refused")
DONE_SHOWN = 60
TOLD: Mapping[PaperState, str] = MappingProxyType(
    {
        PaperState.ONCE: "{} 号录了第一遍，等另一位同事录第二遍。",
        PaperState.CAST: "{} 号两遍录的一样，计票了。",
        PaperState.DIFFERS: "{} 号两遍录的不一样，没有计票。请拿纸再看一遍：您看错了，就再录一次；"
        "您没看错，请录第一遍的同事重新录。",
        PaperState.DROPPED: "{} 号没有计票：这位会员已经投过票，一人一票，按已经投的算。请把这张纸单独存放。",
    }
)


@router.get("/rounds/{round_id}/paper")
def papers(request: Request, here: Here, who: Who, round_id: RoundId) -> Response:
    return _page(request, here, who, round_id)


@router.post("/rounds/{round_id}/paper")
def enter(request: Request, here: Here, who: Clerk, round_id: RoundId, form: FormSent) -> Response:
    keyring, clock = here.keyring, here.clock
    try:
        sheet = _sheet(form)
        state = here.write(
            lambda session: paper_votes.enter(session, round_id, sheet, by=who, keyring=keyring, clock=clock)
        )
    except ShishiError as refusal:
        return _page(request, here, who, round_id, form, refusal)
    bad = state in (PaperState.DIFFERS, PaperState.DROPPED)
    return redirect_with(f"{ROUNDS}/{round_id}/paper", TOLD[state].format(sheet.scan), bad=bad)


@router.post("/rounds/{round_id}/paper/{paper_id}/drop")
def drop(
    request: Request, here: Here, who: Clerk, round_id: RoundId, paper_id: PaperId, form: FormSent
) -> Response:
    reason = text_of(form, "reason")
    try:
        here.write(lambda session: paper_votes.drop(session, round_id, paper_id, reason, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _page(request, here, who, round_id, refusal=refusal)
    return redirect_with(f"{ROUNDS}/{round_id}/paper", "这张作废了，没有计票；这个扫描号可以重新录。")


def _sheet(form: FormData) -> Sheet:
    """Raises Invalid."""
    scan = paper_rules.scan_of(text_of(form, "scan"))
    entry = entry_of(text_of(form, "card"), text_of(form, "name"))
    return Sheet(scan, entry, paper_rules.typed(text_of(form, "approved"), text_of(form, "refused")))


def _page(
    request: Request,
    here: Installation,
    who: Account,
    round_id: int,
    form: FormData | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    """With what was refused filled in again. Raises NoRound."""
    with here.database.reading() as session:
        round, view, campaign = found(session, here, round_id)
        entered = paper_votes.of_round(session, view, who)
        by_register = view.fixed.electorate.register_id is not None
        takes = by_register and view.state is RoundState.OPEN and campaign.allows.vote
        shown = {
            "round": round,
            "view": view,
            "state": said_state(round, view),
            "candidates": list(zip(view.slip.numbers, queries.candidates_of(session, round_id), strict=True)),
            "refuses": view.fixed.ballot_type.refuses,
            "by_register": by_register,
            "takes": takes,
            "tells": paper_votes.may_tell(view, who),
            "clerk": who.may(Power.ENTER_PAPER),
            "at_work": [one for one in entered if one.state in AT_WORK],
            "done": [one for one in entered if one.state not in AT_WORK][:DONE_SHOWN],
            "numbers": Counter(one.state for one in entered),
            "states": STATE_TITLES,
            "typed": {name: text_of(form, name) for name in FIELDS} if form else {},
            "refusal": refusal and refusal.message,
        }
        return page(request, "paper.html", refusal.status if refusal else 200, **shown)
