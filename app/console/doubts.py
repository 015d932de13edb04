"""What stands out in a round, and ballots that two operators make invalid. No page of it shows any choice."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.ballots import invalid, invalidating, marks
from app.ballots.invalidating import Doubted
from app.ballots.reasons import REASON_TITLES
from app.console.pages import page, redirect_with
from app.console.round_facts import ROUNDS, RoundId, found, said_state, settle
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, text_of
from app.errors import Invalid, ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from models.enums import InvalidReason

router = APIRouter()
Number = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/rounds/{round_id}/doubts")
def doubts(request: Request, here: Here, who: Who, round_id: RoundId) -> Response:
    return _page(request, here, who, round_id)


@router.post("/rounds/{round_id}/doubts/review")
def review(request: Request, here: Here, who: Who, round_id: RoundId, form: FormSent) -> Response:
    def verb(session: Session) -> None:
        marks.review(session, round_id, text_of(form, "mark"), text_of(form, "note"), **_known(here, who))

    return _done(request, here, who, round_id, verb, "核查的情况记下了。", form)


@router.post("/rounds/{round_id}/doubts/propose")
def propose(request: Request, here: Here, who: Who, round_id: RoundId, form: FormSent) -> Response:
    def verb(session: Session) -> None:
        doubted = Doubted.typed(text_of(form, "mark"), text_of(form, "receipts"))
        reason, note = _reason(form), text_of(form, "note")
        invalidating.propose(session, round_id, doubted, reason, note, **_known(here, who))

    return _done(request, here, who, round_id, verb, "提出来了，另一位负责审批的同事同意以后才作废。", form)


@router.post("/rounds/{round_id}/doubts/{proposal}/agree", dependencies=[FROM_OUR_PAGE])
def agree(request: Request, here: Here, who: Who, round_id: RoundId, proposal: Number) -> Response:
    def verb(session: Session) -> None:
        invalidating.agree(session, round_id, proposal, **_known(here, who))

    return _done(request, here, who, round_id, verb, "作废了，这些选票不再计票。")


@router.post("/rounds/{round_id}/doubts/{proposal}/drop", dependencies=[FROM_OUR_PAGE])
def drop(request: Request, here: Here, who: Who, round_id: RoundId, proposal: Number) -> Response:
    def verb(session: Session) -> None:
        invalidating.drop(session, round_id, proposal, **_known(here, who))

    return _done(request, here, who, round_id, verb, "驳回了，这些选票照常计票。")


def _known(here: Installation, who: Account) -> dict[str, Any]:
    return {"by": who, "keyring": here.keyring, "clock": here.clock}


def _reason(form: FormData) -> InvalidReason:
    """Raises Invalid."""
    try:
        return InvalidReason(text_of(form, "reason"))
    except ValueError:
        raise Invalid("请选一个作废的原因。") from None


def _done(
    request: Request,
    here: Installation,
    who: Account,
    round_id: int,
    verb: Callable[[Session], None],
    told: str,
    form: FormData | None = None,
) -> Response:
    if form is None:
        who.require(Power.RUN_ROUNDS)
    else:
        marks.require_doubting(who)
    try:
        here.write(verb)
    except ShishiError as refusal:
        return _page(request, here, who, round_id, form, refusal)
    return redirect_with(f"{ROUNDS}/{round_id}/doubts", told)


def _page(
    request: Request,
    here: Installation,
    who: Account,
    round_id: int,
    form: FormData | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    """With what was refused filled in again. Raises NoRound."""
    settle(here, round_id)
    with here.database.reading() as session:
        round, view, _ = found(session, here, round_id)
        under_way = view.state in invalidating.UNDER_WAY
        shown = {
            "round": round,
            "view": view,
            "state": said_state(round, view),
            "marks": marks.of_round(session, view),
            "tells": marks.may_tell_counts(view),
            "proposals": invalid.proposals(session, round_id),
            "reasons": REASON_TITLES,
            "may_doubt": who.may(Power.MAKE_ROUNDS) or who.may(Power.RUN_ROUNDS),
            "may_propose": under_way and (who.may(Power.MAKE_ROUNDS) or who.may(Power.RUN_ROUNDS)),
            "may_decide": under_way and who.may(Power.RUN_ROUNDS),
            "note_limit": marks.NOTE_LIMIT,
            "typed": {name: text_of(form, name) for name in ("mark", "receipts", "reason", "note")}
            if form
            else {},
            "refusal": refusal and refusal.message,
        }
        return page(request, "doubts.html", refusal.status if refusal else 200, **shown)
