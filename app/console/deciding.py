"""Answering a proposer: asking for more, turning down, shortlisting; many answers published together."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.console.at_hand import ROUTES, Number, campaign_of, category_titles, numbers_chosen, proposal_by
from app.console.pages import page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import Invalid, ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.triage import answers, cards, decisions, lineage, rules
from app.triage.decisions import Verdict
from app.triage.notices import HEARD_TITLES
from app.triage.rules import CONCLUSION_TITLES, DECISION_TITLES, POWER_FOR
from models import Candidate, Decision, Proposal
from models.enums import DecisionKind

DECISIONS = "/console/decisions"
LINK = re.compile(r"<a [^>]*>(.*?)</a>")

router = APIRouter()
Answerer = Annotated[Account, allowed(Power.RETURN)]  # whoever decides anything may do that


@dataclass(frozen=True)
class Offer:
    """A decision this operator may take of a proposal, and what stands in its way now."""

    kind: DecisionKind
    title: str
    obstacle: str


@dataclass(frozen=True)
class Actions:
    """What an operator can do about one proposal, and what it became part of, for proposal_actions.html."""

    number: str
    offers: Sequence[Offer]
    prepared: Decision | None
    may_assess: bool
    may_merge: bool
    may_compose: bool
    candidates: Sequence[Candidate]


def actions(session: Session, campaign: CampaignView, proposal: Proposal, who: Account) -> Actions:
    return Actions(
        number=proposal.number,
        offers=_offers(session, campaign, proposal, who),
        prepared=decisions.prepared_for(session, proposal),
        may_assess=who.may(Power.ASSESS) and campaign.allows.assess,
        may_merge=who.may(Power.MERGE) and campaign.allows.sort and proposal.status in rules.MERGEABLE,
        may_compose=who.may(Power.MAKE_CANDIDATES)
        and campaign.allows.make_candidates
        and proposal.status is rules.STATUS_AFTER[DecisionKind.SHORTLIST],
        candidates=lineage.of_proposal(session, proposal),
    )


@router.get("/proposals/{number}/decide")
def ask(request: Request, here: Here, who: Answerer, number: Number, kind: str = "") -> Response:
    return _page(request, here, who, number, kind=kind)


@router.post("/proposals/{number}/decide")
def decide(request: Request, here: Here, who: Answerer, number: Number, form: FormSent) -> Response:
    """`do`: "now" publishes, "hold" prepares, "preview" shows what the author would read."""
    try:
        verdict = _verdict(form)
        if form.get("do") == "preview":
            return _page(request, here, who, number, form, verdict=verdict)
        hold = form.get("do") == "hold"
        here.write(lambda session: decisions.decide(session, number, verdict, by=who, clock=here.clock, hold=hold))
    except ShishiError as refusal:
        return _page(request, here, who, number, form, refusal=refusal)
    done = "答复已备好，等一起公布。" if hold else f"已作出“{DECISION_TITLES[verdict.kind]}”的答复，会告诉提案人。"
    return redirect_with(DECISIONS if hold else f"/console/proposals/{number}", f"{number} {done}")


@router.post("/proposals/{number}/decide/take-back", dependencies=[FROM_OUR_PAGE])
def take_back(here: Here, who: Answerer, number: Number) -> Response:
    here.write(lambda session: decisions.take_back(session, number, by=who, clock=here.clock))
    return redirect_with(DECISIONS, f"{number} 备好的答复取消了，没有人收到消息。")


@router.get("/decisions")
def prepared_and_published(
    request: Request, here: Here, who: Who, before: Annotated[int | None, Query(ge=1, lt=2**31)] = None
) -> Response:
    return _list(request, here, who, before=before)


@router.post("/decisions/publish")
def publish(request: Request, here: Here, who: Answerer, form: FormSent) -> Response:
    """Those that were chosen on the page, in one go."""
    numbers = numbers_chosen(form)
    try:
        if not numbers:
            raise Invalid("请先选要公布的答复。")
        with here.database.reading() as session:
            campaign = campaigns.current(session, here.clock)
        count = here.write(
            lambda session: decisions.publish(session, campaign.id, numbers, by=who, clock=here.clock)
        )
    except ShishiError as refusal:
        return _list(request, here, who, refusal=refusal, chosen=numbers)
    gone = len(numbers) - count
    more = f"另有 {gone} 份已经由同事公布或取消。" if gone else ""
    return redirect_with(DECISIONS, f"公布了 {count} 份答复，会逐一告诉提案人。{more}")


def runs(text: str) -> list[tuple[str, bool]]:
    """A message as its reader sees it: (text, whether it can be tapped)."""
    return [(piece, at % 2 == 1) for at, piece in enumerate(LINK.split(text)) if piece]


def _offers(session: Session, campaign: CampaignView, proposal: Proposal, who: Account) -> list[Offer]:
    return [
        Offer(kind, DECISION_TITLES[kind], decisions.obstacle_to(session, campaign, proposal, kind))
        for kind in DecisionKind
        if who.may(POWER_FOR[kind])
    ]


def _verdict(form: FormData) -> Verdict:
    kind, ground = text_of(form, "kind"), text_of(form, "ground")
    if kind not in set(DecisionKind):
        raise Invalid("请先选一种答复。")
    if kind != DecisionKind.REJECT:
        return Verdict(DecisionKind(kind), text_of(form, "reason"))
    if not ground:
        raise Invalid("不采纳要选一条原因。")
    return Verdict(DecisionKind.REJECT, text_of(form, "reason"), ground)


def _page(
    request: Request,
    here: Installation,
    who: Account,
    number: str,
    form: FormData | None = None,
    *,
    kind: str = "",
    verdict: Verdict | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    """With what was typed; `verdict`, if given, as the message its author would read."""
    with here.database.reading() as session:
        proposal = proposal_by(session, number)
        campaign = campaign_of(session, proposal, here)
        waiting = decisions.prepared_for(session, proposal)
        shown = {
            "proposal": proposal,
            "offers": _offers(session, campaign, proposal, who),
            "grounds": campaign.definition.grounds,
            "prepared": waiting,
            "sheet": cards.sheet(session, proposal, who, campaign.definition.criteria),
            "history": answers.of_proposal(session, campaign, proposal),
            "typed": _typed(form, kind, waiting),
            "told": runs(decisions.message(campaign.definition, proposal, verdict)) if verdict else None,
            "reachable": proposal.follower_id is not None,
            "refusal": refusal and refusal.message,
            "longest": rules.REASON_TOLD,
            **_around(campaign),
        }
        return page(request, "decide.html", refusal.status if refusal else 200, **shown)


def _typed(form: FormData | None, kind: str, waiting: Decision | None) -> Mapping[str, str]:
    if form is not None:
        return {field: text_of(form, field) for field in ("kind", "ground", "reason")}
    if waiting is not None and kind in ("", waiting.kind):
        return {"kind": waiting.kind, "ground": waiting.ground or "", "reason": waiting.reason}
    return {"kind": kind, "ground": "", "reason": ""}


def _list(
    request: Request,
    here: Installation,
    who: Account,
    *,
    before: int | None = None,
    refusal: ShishiError | None = None,
    chosen: Sequence[str] | None = None,
) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        shown = {
            "prepared": [] if before else answers.prepared(session, campaign),
            "published": answers.published(session, campaign, before),
            "page_size": answers.SHOWN,
            "before": before,
            "chosen": chosen,
            "refusal": refusal and refusal.message,
            "may": {kind: who.may(power) for kind, power in POWER_FOR.items()},
            **_around(campaign),
        }
        return page(request, "decisions.html", refusal.status if refusal else 200, **shown)


def _around(campaign: CampaignView) -> Mapping[str, Any]:
    return {
        "campaign": campaign,
        "wording": campaign.definition.wording,
        "categories": category_titles(campaign),
        "routes": ROUTES,
        "decided": DECISION_TITLES,
        "conclusions": CONCLUSION_TITLES,
        "heard": HEARD_TITLES,
    }
