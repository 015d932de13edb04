"""One's own proposals: where they stand, amending and withdrawing, and what is still being written."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.campaigns import queries as campaigns
from app.campaigns.dates import day
from app.campaigns.queries import CampaignView
from app.conversation import drafts
from app.conversation.drafts import OpenDraft
from app.conversation.form import Form
from app.errors import ShishiError
from app.h5.pages import page
from app.h5.texts import number_in
from app.h5.visiting import FROM_OUR_PAGE, Here, Visitor, Who, desk, present
from app.installation import Installation
from app.projects.places import Placing, placings
from app.proposals import drafting, queries, service
from app.proposals.form import SUPPLEMENTING
from app.proposals.forms import form_of
from app.proposals.service import Desk
from app.proposals.status import told
from models import Proposal

router = APIRouter()


@dataclass(frozen=True)
class Entry:
    """One proposal as its author sees it. `open`: it can still be amended; `returned`: its author is asked to."""

    number: str
    title: str
    status: str
    reason: str
    submitted: str
    amended: str
    open: bool
    returned: bool
    withdrawable: bool
    placings: list[Placing]


@router.get("/mine")
def listing(request: Request, here: Here, who: Who) -> Response:
    with here.database.reading() as session:
        at = desk(session, here)
        entries = [_entry(session, p, here, at) for p in queries.of_follower(session, who.id, at.campaign.id)]
        in_hand = drafting.in_hand(session, who.id, at.campaign.id)
        on_shelf = drafts.on_shelf(session, who.id, at.campaign.id)
    return page(
        request,
        "mine.html",
        entries=entries[::-1],
        in_hand=_called(in_hand, at),
        on_shelf=_called(on_shelf, at),
        may_propose=at.campaign.allows.propose,
        notices=bool(here.settings.wechat.notices),
        token=who.token,
    )


@router.get("/mine/{number}")
def reading(request: Request, here: Here, who: Who, number: str) -> Response:
    return _one(request, here, who, number, "own.html")


@router.get("/mine/{number}/withdraw")
def asking_to_withdraw(request: Request, here: Here, who: Who, number: str) -> Response:
    return _one(request, here, who, number, "withdraw.html")


@router.post("/mine/{number}/withdraw", dependencies=[FROM_OUR_PAGE])
def withdrawing(here: Here, who: Who, number: str) -> Response:
    known = number_in(number, present(here).campaign)
    here.write(lambda session: drafting.withdraw(session, who.id, known, desk(session, here)))
    return RedirectResponse(f"/h5/mine/{known}?news=withdrawn", 303)


@router.post("/mine/draft/aside", dependencies=[FROM_OUR_PAGE])
def putting_aside(here: Here, who: Who) -> Response:
    here.write(lambda session: drafting.put_aside(session, who.id, desk(session, here)))
    return RedirectResponse("/h5/mine", 303)


@router.post("/mine/draft/resume", dependencies=[FROM_OUR_PAGE])
def resuming(here: Here, who: Who) -> Response:
    here.write(lambda session: drafting.take_up(session, who.id, desk(session, here)))
    return RedirectResponse("/h5/proposal", 303)


def _one(request: Request, here: Installation, who: Visitor, said: str, template: str) -> Response:
    with here.database.reading() as session:
        at = desk(session, here)
        proposal = drafting.own(session, who.id, number_in(said, at.campaign))
        entry = _entry(session, proposal, here, at)
        form = form_of(campaigns.by_id(session, proposal.campaign_id, here.clock).definition)
    answers = service.state_of(proposal, here.keyring).answers
    card = [question for question in form.card(answers) if question.key != SUPPLEMENTING]
    return page(
        request,
        template,
        entry=entry,
        rows=[*_supplements(proposal, form), *((question.name, question.shown(answers)) for question in card)],
        pictures=len(proposal.pictures),
        news=request.query_params.get("news", ""),
        office=at.campaign.definition.office,
        account=at.campaign.definition.account_name,
        subscribed=who.subscribed,
        token=who.token,
    )


def _entry(session: Session, proposal: Proposal, here: Installation, at: Desk) -> Entry:
    into = session.get(Proposal, proposal.merged_into_id) if proposal.merged_into_id else None
    zone = here.settings.zone
    return Entry(
        number=proposal.number,
        title=proposal.title,
        status=told(proposal.status, into.number if into else None),
        reason=proposal.status_reason or "",
        submitted=day(proposal.submitted_at, zone),
        amended=day(proposal.amended_at, zone) if proposal.amended_at else "",
        open=_allows(service.require_open, proposal, at),
        returned=service.may_supplement(proposal, at.campaign),
        withdrawable=_allows(service.require_withdrawable, proposal, at),
        placings=placings(session, proposal),
    )


def _supplements(proposal: Proposal, form: Form) -> list[tuple[str, str]]:
    name = form.by_key[SUPPLEMENTING].name
    return [(f"{name}（{one['asked']}）", one["said"]) for one in proposal.supplements]


def _called(draft: OpenDraft | None, at: Desk) -> str:
    if draft is None:
        return ""
    state = drafts.read(draft, form_of(at.campaign.definition), at.keyring)
    return state.answers.get("title") or "刚开头的一份"


def _allows(rule: Callable[[Proposal, CampaignView], None], proposal: Proposal, at: Desk) -> bool:
    try:
        rule(proposal, at.campaign)
    except ShishiError:
        return False
    return True
