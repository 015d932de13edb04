"""Opening, closing, confirming, publishing a round: a page says what it will do, a button does it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.ballots import running
from app.console import charts
from app.console.pages import page, redirect_with
from app.console.round_facts import ROUNDS, RoundId, about, found, settle
from app.console.round_steps import STEPS, StepName, obstacle
from app.console.visiting import FormSent, Here, Who, text_of
from app.errors import ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.statistics.outcomes import outcome

router = APIRouter()

AFTER_OPENING: Mapping[StepName, Callable[..., Any]] = MappingProxyType(
    {
        StepName.CLOSE: running.close,
        StepName.CONFIRM: running.confirm,
        StepName.PUBLISH: running.publish,
    }
)
AT_ITS_TIME = "at_its_time"


@router.get("/rounds/{round_id}/{step}")
def before(request: Request, here: Here, who: Who, round_id: RoundId, step: StepName) -> Response:
    who.require(STEPS[step].power)
    return _page(request, here, who, round_id, step)


@router.post("/rounds/{round_id}/{step}")
def take(request: Request, here: Here, who: Who, round_id: RoundId, step: StepName, form: FormSent) -> Response:
    who.require(STEPS[step].power)
    at_its_time = text_of(form, "when") == AT_ITS_TIME
    try:
        here.write(lambda session: _take(session, here, who, round_id, step, at_its_time))
    except ShishiError as refusal:
        return _page(request, here, who, round_id, step, refusal)
    told = "安排好了，到时间自动打开。" if step is StepName.OPEN and at_its_time else STEPS[step].done
    return redirect_with(f"{ROUNDS}/{round_id}", told)


def _take(
    session: Session, here: Installation, who: Account, round_id: int, step: StepName, at_its_time: bool
) -> None:
    if step is StepName.OPEN:
        running.open_round(session, round_id, by=who, clock=here.clock, at_its_time=at_its_time)
    else:
        AFTER_OPENING[step](session, round_id, by=who, keyring=here.keyring, clock=here.clock)


def _page(
    request: Request,
    here: Installation,
    who: Account,
    round_id: int,
    name: StepName,
    refusal: ShishiError | None = None,
) -> Response:
    """Raises NoRound."""
    settle(here, round_id)
    step, now = STEPS[name], here.clock.now()
    with here.database.reading() as session:
        round, view, campaign = found(session, here, round_id)
        shown = {
            **about(session, here, round, view, campaign),
            "step": step,
            "obstacle": obstacle(step, round, view.state, campaign, who, running.hands(session, round.id)),
            "waits": round.opens_at is not None and round.opens_at > now,
            "outcome": outcome(session, round, here.keyring) if round.tally else None,
            "share": charts.share,
            "refusal": refusal and refusal.message,
        }
        return page(request, "rounds_step.html", refusal.status if refusal else 200, **shown)
