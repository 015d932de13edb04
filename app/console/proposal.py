"""One proposal: its words, who it came from, what is alike, how it was assessed, what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns.queries import CampaignView
from app.console import board, board_query
from app.console.at_hand import Number, campaign_of, category_titles, log_titles, proposal_by
from app.console.board_deeds import FIELDS, changes_in
from app.console.board_query import WITHOUT, Asked
from app.console.deciding import actions
from app.console.log_lines import Change, changes, named
from app.console.pages import page, redirect_with
from app.console.visiting import FormSent, Here, Who, allowed, text_of
from app.errors import ShishiError
from app.installation import Installation
from app.operators import history
from app.operators.queries import Account
from app.operators.rules import Power, Shown, reveal
from app.operators.verbs import said
from app.proposals import paging, sorting, supporting
from app.proposals.alike import queries as alike
from app.proposals.evaluation import SCORE_BY_NUMBER
from app.proposals.service import phone_of
from app.triage import answers, cards, families, lineage, notices
from app.triage.rules import CONCLUSION_TITLES
from models import Action, FormImport, ImportedForm, Proposal

SIMILAR = 5
BLIND = frozenset({"proposal.assess"})  # what its entry says, the sheet shows to those who may see it

router = APIRouter()
Sorter = Annotated[Account, allowed(Power.CLASSIFY)]


@dataclass(frozen=True)
class Step:
    """Something that happened to the proposal."""

    at: datetime
    what: str
    who: str = ""
    changes: Sequence[Change] = ()


@dataclass(frozen=True)
class Rating:
    """What the proposer thinks of one of last year's projects."""

    project: str
    score: str
    remark: str


@router.get("/proposals/{number}")
def read(request: Request, here: Here, who: Who, number: Number) -> Response:
    return _page(request, here, who, number, board_query.read(request.query_params))


@router.post("/proposals/{number}/sort")
def sort(request: Request, here: Here, who: Sorter, number: Number, form: FormSent) -> Response:
    """Only where it still stands as the page showed it."""
    asked = board_query.read_address(text_of(form, "back"))
    typed = changes_in(form)
    seen = {field: text_of(form, f"{field}_seen") or None for field in FIELDS}
    try:
        here.write(lambda session: sorting.sort(session, number, typed, by=who, clock=here.clock, seen=seen))
    except ShishiError as refusal:
        return _page(request, here, who, number, asked, typed=typed, refusal=refusal)
    return redirect_with(f"/console/proposals/{number}?{asked.address}", "存好了。")


def _page(
    request: Request,
    here: Installation,
    who: Account,
    number: str,
    asked: Asked,
    *,
    typed: sorting.Changes | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    """`typed`: what the form wants, when it was refused."""
    with here.database.reading() as session:
        proposal = proposal_by(session, number)
        campaign = campaign_of(session, proposal, here)
        narrowing = board.fitting(session, asked, campaign, who, here)
        before, after = paging.neighbours(session, narrowing, asked.order, proposal)
        shown = {
            "proposal": proposal,
            "before": before,
            "after": after,
            "asked": asked,
            "wording": campaign.definition.wording,
            "trades": {trade.key: trade.title for trade in campaign.definition.trades},
            "waiting": board.waiting_days(proposal, here.clock.now()),
            "ratings": _ratings(campaign, proposal),
            "proposer": _proposer(here, who, proposal),
            "origin": _origin(session, proposal),
            "supporters": supporting.counts(session, [proposal])[proposal.id],
            "similar": alike.similar_to(session, proposal, limit=SIMILAR, least=alike.POSSIBLE),
            "suggested": _suggested(session, campaign, proposal),
            "merged": families.below(session, proposal),
            "root": families.root(session, proposal),
            "candidates": lineage.of_proposal(session, proposal),
            "sheet": cards.sheet(session, proposal, who, campaign.definition.criteria),
            "conclusions": CONCLUSION_TITLES,
            "answers": answers.of_proposal(session, campaign, proposal),
            "notice": notices.heard(session, [proposal])[proposal.id],
            "steps": _steps(session, campaign, proposal),
            "actions": actions(session, campaign, proposal, who),
            "may_sort": who.may(Power.CLASSIFY) and campaign.allows.sort,
            "chosen": {field: _chosen(proposal, typed, field) for field in FIELDS},
            "refusal": refusal and refusal.message,
            "without": WITHOUT,
            **board.around(session, campaign),
        }
        return page(request, "proposal.html", refusal.status if refusal else 200, **shown)


def _chosen(proposal: Proposal, typed: sorting.Changes | None, field: str) -> str:
    value = getattr(proposal, field) if typed is None or field not in typed else typed[field]
    return value or WITHOUT


def _proposer(here: Installation, who: Account, proposal: Proposal) -> Mapping[str, Any]:
    """As far as this operator may see; a number that nobody is to see is not even opened."""
    sight = who.sight.phone_of(proposal.channel)
    phone = None if sight is Shown.NOTHING else reveal(phone_of(proposal, here.keyring), sight)
    return {
        "name": reveal(proposal.proposer_name, who.sight.name),
        "phone": phone,
        "has_name": bool(proposal.proposer_name),
        "has_phone": bool(proposal.phone),
    }


def _origin(session: Session, proposal: Proposal) -> Mapping[str, Any] | None:
    """The import that a form came with."""
    form = session.get(ImportedForm, proposal.id)
    made = session.get(FormImport, form.import_id) if form else None
    return {"form": form, "made": made, "by": named(made.actor)} if made else None


def _ratings(campaign: CampaignView, proposal: Proposal) -> list[Rating]:
    projects = {project.number: project.title for project in campaign.definition.last_year}
    scores = {option.value: option.title for option in SCORE_BY_NUMBER}
    return [
        Rating(
            project=projects.get(each["project"], str(each["project"])),
            score=scores.get(str(each["rating"]), str(each["rating"])),
            remark=each["remark"],
        )
        for each in proposal.evaluations
    ]


def _suggested(session: Session, campaign: CampaignView, proposal: Proposal) -> str | None:
    """The title of the category that its words speak for, where it has another or none."""
    found = alike.suggest_category(session, campaign.id, campaign.definition, alike.text_of(proposal))
    if found is None or found.key == proposal.category:
        return None
    return category_titles(campaign).get(found.key)


def _steps(session: Session, campaign: CampaignView, proposal: Proposal) -> list[Step]:
    """Its story, the oldest first."""
    titles = log_titles(campaign)
    done = [_step(action, titles) for action in history.about(session, f"proposal:{proposal.number}")]
    added = [Step(datetime.fromisoformat(each["at"]), "提案人作了补充") for each in proposal.supplements]
    amended = [Step(proposal.amended_at, "提案人修改过")] if proposal.amended_at else []
    return sorted([Step(proposal.submitted_at, "收到提案"), *amended, *added, *done], key=lambda step: step.at)


def _step(action: Action, titles: Mapping[str, str]) -> Step:
    told = () if action.verb in BLIND else changes(action.detail, titles)
    return Step(action.at, said(action.verb), named(action.actor), told)
