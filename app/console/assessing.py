"""The reviewers' pages: the queue, a proposal beside its criteria card, all cards once they are in."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.campaigns.definition import Definition
from app.campaigns.queries import CampaignView
from app.campaigns.rules import PHASE_TITLES
from app.console.assess_card import Typed, card_of, grouped, typed_of
from app.console.at_hand import ROUTES, Number, campaign_of, category_titles, proposal_by
from app.console.pages import page, redirect_with
from app.console.visiting import FormSent, Here, allowed, text_of
from app.errors import ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals import supporting
from app.triage import assessments, cards, families, queue
from app.triage.cards import AssessmentSheet
from app.triage.rules import CONCLUSION_TITLES, OPEN, STANDING, IncompleteCard
from models import Proposal
from models.enums import ProposalStatus

ASSESS = "/console/assess"

router = APIRouter()
Reviewer = Annotated[Account, allowed(Power.ASSESS)]


@router.get("/assess")
def desk(request: Request, here: Here, who: Reviewer) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        shown = {"desk": queue.desk(session, campaign.id, who), **_around(campaign)}
        return page(request, "assess_queue.html", **shown)


@router.get("/assess/{number}")
def proposal(request: Request, here: Here, who: Reviewer, number: Number) -> Response:
    return _card_page(request, here, who, number)


@router.post("/assess/{number}")
def assess(request: Request, here: Here, who: Reviewer, number: Number, form: FormSent) -> Response:
    with here.database.reading() as session:
        definition = campaign_of(session, proposal_by(session, number), here).definition
    typed = _typed(definition, form)
    try:
        card = card_of(definition.criteria, typed)
        here.write(lambda session: assessments.assess(session, number, card, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _card_page(request, here, who, number, typed, refusal)
    return (
        _onward(here, who, number)
        if form.get("then") == "next"
        else redirect_with(f"{ASSESS}/{number}", f"{number} 的评审表交好了。")
    )


@router.post("/assess/{number}/second-look")
def ask_again(request: Request, here: Here, who: Reviewer, number: Number, form: FormSent) -> Response:
    reason = text_of(form, "reason")
    try:
        here.write(lambda session: assessments.ask_again(session, number, reason, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _card_page(request, here, who, number, refusal=refusal, asking=reason)
    return redirect_with(f"{ASSESS}/{number}", f"{number} 已提请再看一次，会请一位没评过的同事来看。")


def _onward(here: Installation, who: Account, number: str) -> Response:
    with here.database.reading() as session:
        campaign_id = proposal_by(session, number).campaign_id
        following = queue.next_after(session, campaign_id, who, number)
    if following is None:
        return redirect_with(ASSESS, f"{number} 的评审表交好了。等您评的都评完了，辛苦了！")
    return redirect_with(f"{ASSESS}/{following}", f"{number} 的评审表交好了，这是下一份。")


def _typed(definition: Definition, form: FormData) -> Typed:
    keys = [criterion.key for criterion in definition.criteria]
    return Typed(
        scores={key: text_of(form, f"score_{key}") for key in keys},
        reasons={key: text_of(form, f"reason_{key}") for key in keys},
        conclusion=text_of(form, "conclusion"),
    )


def _card_page(
    request: Request,
    here: Installation,
    who: Account,
    number: str,
    typed: Typed | None = None,
    refusal: ShishiError | None = None,
    asking: str = "",
) -> Response:
    """With what was `typed`, where it was refused; what was handed in already stands there otherwise."""
    with here.database.reading() as session:
        one = proposal_by(session, number)
        campaign = campaign_of(session, one, here)
        sheet = cards.sheet(session, one, who, campaign.definition.criteria)
        filled = typed or (typed_of(sheet.own.card) if sheet.own else Typed())
        problems = refusal.problems if isinstance(refusal, IncompleteCard) else {}
        shown = {
            "proposal": one,
            "supporters": supporting.counts(session, [one])[one.id],
            "merged": families.below(session, one),
            "sheet": sheet,
            "closed": _closed(one, campaign, sheet),
            "may_decide": sheet.is_complete and who.may(Power.DECIDE),
            "may_ask_again": _may_ask_again(one, campaign, sheet),
            "groups": grouped(campaign.definition.criteria, filled, problems),
            "concluded": filled.conclusion,
            "problems": problems,
            "refusal": refusal and refusal.message,
            "asking": asking,
            "typed": typed is not None,
            "next": queue.next_after(session, one.campaign_id, who, number),
            **_around(campaign),
        }
        return page(request, "assess.html", refusal.status if refusal else 200, **shown)


def _closed(proposal: Proposal, campaign: CampaignView, sheet: AssessmentSheet) -> str:
    """Why there is no card to fill in; empty where there is one."""
    if sheet.refusal:
        return sheet.refusal
    if not campaign.allows.assess:
        return f"现在是“{PHASE_TITLES[campaign.phase]}”阶段，还不能评审，或者评审已经结束。"
    if proposal.status not in OPEN:
        return f"{proposal.number} {STANDING[proposal.status]}，不用再打分了。"
    if sheet.is_complete:
        return "评审表已经收齐，大家的意见都在下面。"
    return "" if sheet.takes_card else "这次要请另一位同事来看，您已经评过了。"


def _may_ask_again(proposal: Proposal, campaign: CampaignView, sheet: AssessmentSheet) -> bool:
    asked_of = proposal.status in OPEN | {ProposalStatus.REJECTED}
    return campaign.allows.assess and asked_of and sheet.is_complete


def _around(campaign: CampaignView) -> Mapping[str, Any]:
    return {
        "campaign": campaign,
        "wording": campaign.definition.wording,
        "categories": category_titles(campaign),
        "routes": ROUTES,
        "conclusions": CONCLUSION_TITLES,
    }
