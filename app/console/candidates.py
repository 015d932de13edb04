"""Candidates: composed from shortlisted proposals, edited, ordered, previewed as the ballot will show them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.console.at_hand import ROUTES, category_titles, numbers_chosen, numbers_in, proposals_by
from app.console.candidate_form import SPARE_ROWS, ids_in, moved, seen_in, text_in
from app.console.pages import page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals import queries
from app.triage import candidates, families, lineage, sources
from app.triage.ballot_text import MATURITY_TITLES, CandidateText
from app.triage.candidates import CandidateChanged
from models import Candidate, Proposal

CANDIDATES = "/console/candidates"

router = APIRouter()
MAKES = allowed(Power.MAKE_CANDIDATES)
Maker = Annotated[Account, MAKES]
CandidateId = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/candidates")
def listing(request: Request, here: Here, who: Who) -> Response:
    return _list(request, here, who)


@router.post("/candidates/order")
def reorder(request: Request, here: Here, who: Maker, form: FormSent) -> Response:
    """`id` of each row in their order, and `move` where it was a button."""
    ids, move = ids_in(form), text_of(form, "move")
    try:
        with here.database.reading() as session:
            key = campaigns.current(session, here.clock).key
        here.write(lambda session: candidates.reorder(session, key, moved(ids, move), by=who, clock=here.clock))
    except ShishiError as refusal:
        return _list(request, here, who, refusal)
    return redirect_with(
        f"{CANDIDATES}#candidate-{move.partition(' ')[2]}" if move else CANDIDATES, "顺序排好了。"
    )


@router.get("/candidates/new", dependencies=[MAKES])
def begin(
    request: Request,
    here: Here,
    chosen: Annotated[list[str] | None, Query(alias="from")] = None,
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Choosing what it grows from; once that is chosen, the first of them lends its words."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        wanted = numbers_in(campaign.definition.year, *(chosen or []))
        if not wanted:
            found = sources.shortlisted(session, campaign.id, q.replace("\0", ""))
            return page(
                request, "candidates_choose.html", found=found, q=q, most=sources.SHOWN, **_around(campaign)
            )
        proposals = proposals_by(session, wanted)
        return _form(request, session, campaign, sources.first_text(proposals[0]), proposals)


@router.post("/candidates")
def compose(request: Request, here: Here, who: Maker, form: FormSent) -> Response:
    text = text_in(form)
    if form.get("do") == "row":
        return _again(request, here, form, text)
    try:
        with here.database.reading() as session:
            campaign = campaigns.current(session, here.clock)
        numbers = _numbers(campaign, form)
        made = here.write(
            lambda session: candidates.compose(session, campaign.key, text, numbers, by=who, clock=here.clock).id
        )
    except ShishiError as refusal:
        return _again(request, here, form, text, refusal)
    return redirect_with(f"{CANDIDATES}#candidate-{made}", f"候选项目“{text.title}”写好了。")


@router.get("/candidates/preview")
def preview_all(request: Request, here: Here, _who: Who) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        return _preview(request, session, campaign, candidates.of_campaign(session, campaign.id))


@router.get("/candidates/{candidate_id}")
def candidate(request: Request, here: Here, who: Who, candidate_id: CandidateId) -> Response:
    with here.database.reading() as session:
        one = candidates.by_id(session, candidate_id)
        campaign = campaigns.by_id(session, one.campaign_id, here.clock)
        if not (who.may(Power.MAKE_CANDIDATES) and campaign.allows.edit_candidates):
            return _preview(request, session, campaign, [one])
        proposals = proposals_by(session, candidates.numbers_of(session, one))
        return _form(request, session, campaign, candidates.text_of(one), proposals, one)


@router.post("/candidates/{candidate_id}")
def edit(request: Request, here: Here, who: Maker, candidate_id: CandidateId, form: FormSent) -> Response:
    text = text_in(form)
    if form.get("do") == "row":
        return _again(request, here, form, text, candidate_id=candidate_id)
    changes = {**asdict(text), "indicators": text.indicators}
    try:
        with here.database.reading() as session:
            campaign = campaigns.current(session, here.clock)
        numbers, seen = _numbers(campaign, form), seen_in(form)
        here.write(
            lambda session: candidates.edit(
                session, candidate_id, changes, numbers=numbers, seen=seen, by=who, clock=here.clock
            )
        )
    except ShishiError as refusal:
        return _again(request, here, form, text, refusal, candidate_id)
    return redirect_with(f"{CANDIDATES}#candidate-{candidate_id}", f"“{text.title}”保存好了。")


@router.get("/candidates/{candidate_id}/preview")
def preview(request: Request, here: Here, _who: Who, candidate_id: CandidateId) -> Response:
    with here.database.reading() as session:
        one = candidates.by_id(session, candidate_id)
        return _preview(request, session, campaigns.by_id(session, one.campaign_id, here.clock), [one])


@router.post("/candidates/{candidate_id}/drop", dependencies=[FROM_OUR_PAGE])
def drop(request: Request, here: Here, who: Maker, candidate_id: CandidateId) -> Response:
    try:
        here.write(lambda session: candidates.drop(session, candidate_id, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _list(request, here, who, refusal)
    return redirect_with(CANDIDATES, "候选项目取消了，它的提案还是入选的。")


def _numbers(campaign: CampaignView, form: FormData) -> list[str]:
    """What stays chosen of its sources, and what was typed to be added. Raises Invalid."""
    return numbers_in(campaign.definition.year, *numbers_chosen(form), text_of(form, "more"))


def _list(request: Request, here: Installation, who: Account, refusal: ShishiError | None = None) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        found = candidates.of_campaign(session, campaign.id)
        shown = {
            "candidates": found,
            "origins": lineage.of_candidates(session, found),
            "may_make": who.may(Power.MAKE_CANDIDATES) and campaign.allows.make_candidates,
            "may_edit": who.may(Power.MAKE_CANDIDATES) and campaign.allows.edit_candidates,
            "refusal": refusal and refusal.message,
            **_around(campaign),
        }
        return page(request, "candidates.html", refusal.status if refusal else 200, **shown)


def _again(
    request: Request,
    here: Installation,
    form: FormData,
    text: CandidateText,
    refusal: ShishiError | None = None,
    candidate_id: int | None = None,
) -> Response:
    """The form with all that was typed, as a new candidate's if it was dropped meanwhile."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        one = session.get(Candidate, candidate_id) if candidate_id else None
        chosen = [found for number in numbers_chosen(form) if (found := queries.by_number(session, number))]
        return _form(request, session, campaign, text, chosen, one, form=form, refusal=refusal)


def _form(
    request: Request,
    session: Session,
    campaign: CampaignView,
    text: CandidateText,
    chosen: Sequence[Proposal],
    one: Candidate | None = None,
    *,
    form: FormData | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    """A page that somebody else was quicker than shows what they wrote, and may be saved over it then."""
    overtaken = isinstance(refusal, CandidateChanged)
    keeps = form is not None and not overtaken
    shown = {
        "candidate": one,
        "text": text,
        "rows": [*text.indicators, *[{"title": "", "target": ""}] * SPARE_ROWS],
        "chosen": [(proposal, families.below(session, proposal)) for proposal in chosen],
        "more": text_of(form, "more") if form else "",
        "seen": text_of(form, "seen") if keeps and form else one and candidates.version_of(one).isoformat(),
        "theirs": candidates.text_of(one) if overtaken and one else None,
        "refusal": refusal and refusal.message,
        **_around(campaign),
    }
    return page(request, "candidates_edit.html", refusal.status if refusal else 200, **shown)


def _preview(request: Request, session: Session, campaign: CampaignView, found: Sequence[Candidate]) -> Response:
    origins = lineage.of_candidates(session, found)
    numbers = {one: [each.number for top in tops for each in top.all()] for one, tops in origins.items()}
    return page(request, "candidates_preview.html", candidates=found, numbers=numbers, **_around(campaign))


def _around(campaign: CampaignView) -> Mapping[str, Any]:
    return {
        "campaign": campaign,
        "wording": campaign.definition.wording,
        "categories": category_titles(campaign),
        "routes": ROUTES,
        "maturities": MATURITY_TITLES,
    }
