"""The phase of the campaign: what each allows, and setting it by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.ballots import queries as ballots
from app.campaigns import queries as campaigns
from app.campaigns.definition import CALENDAR
from app.campaigns.queries import CampaignView
from app.campaigns.rules import ALLOWS, AUTO, PHASE_TITLES, phase_at, window
from app.console.pages import page, redirect_with
from app.console.visiting import FormSent, Here, Who, allowed, text_of
from app.errors import Invalid, ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.reasons import LONGEST
from app.operators.rules import Power
from app.triage import candidates, phases
from models.enums import PhaseKind

router = APIRouter()

ALLOWED_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "propose": "职工提交提案",
        "amend": "职工修改、撤回自己的提案",
        "support": "职工为同事的提案附议",
        "sort": "收表、归类、合并、请人补充",
        "assess": "评审、答复",
        "make_candidates": "写候选项目",
        "edit_candidates": "修改候选项目、排顺序",
        "vote": "打开投票，职工投票",
        "see_results": "职工看结果",
    }
)


@dataclass(frozen=True)
class Choice:
    """One of the phases. `freezes`: turning to it numbers candidates, which cannot be taken back."""

    kind: PhaseKind
    title: str
    allows: tuple[str, ...]
    freezes: bool


@router.get("/phase")
def phase(request: Request, here: Here, who: Who) -> Response:
    return _page(request, here, who)


@router.post("/phase")
def turn(
    request: Request, here: Here, who: Annotated[Account, allowed(Power.SET_PHASE)], form: FormSent
) -> Response:
    word, reason = text_of(form, "phase"), text_of(form, "reason")
    try:
        key = _checked(here, word, bool(text_of(form, "sure")))
        here.write(lambda session: phases.set_phase(session, key, word, reason, actor=who.actor, clock=here.clock))
    except ShishiError as refusal:
        return _page(request, here, who, form, refusal)
    here.wake_up()
    with here.database.reading() as session:
        now = campaigns.by_key(session, key, here.clock).phase
    return redirect_with("/console/phase", f"好了，现在是“{PHASE_TITLES[now]}”阶段。")


def _checked(here: Installation, word: str, is_sure: bool) -> str:
    """The key of the campaign that is turned. Raises Invalid where candidates would be frozen unawares."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        target = phase_at(campaign.definition.phases, here.clock.now()) if word == AUTO else word
        if target == PhaseKind.OPINION and _unfrozen(session, campaign) and not is_sure:
            raise Invalid("候选项目会编号定稿，以后不能再改、再排。想好了，请勾选“知道了”再提交。")
        return campaign.key


def _page(
    request: Request,
    here: Installation,
    who: Account,
    form: FormData | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    now = here.clock.now()
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        definition, unfrozen = campaign.definition, _unfrozen(session, campaign)
        shown = {
            "campaign": campaign,
            "choices": [_choice(PhaseKind(word), unfrozen) for word in CALENDAR],
            "windows": {PhaseKind(word): window(definition.phases, PhaseKind(word)) for word in CALENDAR},
            "now": PHASE_TITLES[campaign.phase],
            "by_calendar": PHASE_TITLES[phase_at(definition.phases, now)],
            "auto": AUTO,
            "unfrozen": unfrozen,
            "being_voted": len(ballots.being_voted(session, campaign.id, here.keyring, now)),
            "may_turn": who.may(Power.SET_PHASE),
            "chosen": text_of(form, "phase") if form else "",
            "reason": text_of(form, "reason") if form else "",
            "longest": LONGEST,
            "refusal": refusal and refusal.message,
        }
        return page(request, "phase.html", refusal.status if refusal else 200, **shown)


def _choice(kind: PhaseKind, unfrozen: int) -> Choice:
    allows = tuple(title for name, title in ALLOWED_TITLES.items() if getattr(ALLOWS[kind], name))
    return Choice(kind, PHASE_TITLES[kind], allows, kind is PhaseKind.OPINION and unfrozen > 0)


def _unfrozen(session: Session, campaign: CampaignView) -> int:
    """How many candidates have no number yet."""
    return sum(one.frozen_at is None for one in candidates.of_campaign(session, campaign.id))
