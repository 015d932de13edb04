"""The proposal as a page: the same draft as in the chat, saved and handed in by a plain form."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.campaigns.told import grace
from app.errors import Conflict
from app.h5 import texts
from app.h5.field_view import sent_by, view_of
from app.h5.pages import page, telling, wants_json
from app.h5.texts import number_in
from app.h5.visiting import FormSent, Here, Visitor, Who, desk, present
from app.installation import Installation
from app.proposals import drafting, fields
from app.proposals.drafting import DraftGone, Paper, Saved, Sheet
from app.proposals.form import SUPPLEMENTING
from app.proposals.forms import form_of
from app.proposals.service import Desk
from models import Proposal

SUBMIT = "submit"
PAGE = "/h5/proposal"

router = APIRouter()


@router.get("/proposal")
def writing(request: Request, here: Here, who: Who) -> Response:
    here.openings.count(PAGE)
    return _show(request, here, who, None)


@router.get("/proposal/{number}")
def amending(request: Request, here: Here, who: Who, number: str) -> Response:
    return _show(request, here, who, number)


@router.post("/proposal")
def keeping(request: Request, here: Here, who: Who, form: FormSent) -> Response:
    return _take(request, here, who, form, None)


@router.post("/proposal/{number}")
def keeping_amendment(request: Request, here: Here, who: Who, form: FormSent, number: str) -> Response:
    return _take(request, here, who, form, number)


def _show(request: Request, here: Installation, who: Visitor, said: str | None) -> Response:
    with here.database.reading() as session:
        at = desk(session, here)
        sheet = drafting.open_sheet(session, who.id, number_in(said, at.campaign) if said else None, at)
    if said is None and sheet.amends is not None:
        return RedirectResponse(f"/h5/proposal/{sheet.amends.number}", 303)
    if not drafting.may_write(sheet, at):
        sentence = texts.closed(at.campaign, here.settings.zone, has_draft=sheet.draft is not None)
        return telling(request, "现在不能提案", sentence, 200, ("/h5/mine", "看看我的提案"))
    return _draw(request, here, who, at, sheet)


def _take(
    request: Request, here: Installation, who: Visitor, form: Mapping[str, str], said: str | None
) -> Response:
    at = present(here)
    paper = Paper(who.id, number_in(said, at.campaign) if said else None, _draft_id(form), sent_by(form))
    write = drafting.submit if form.get("deed") == SUBMIT else drafting.save
    try:
        outcome = here.write(lambda session: write(session, paper, desk(session, here)))
    except Conflict as refusal:
        return _refuse(request, who, at, paper, refusal)
    if isinstance(outcome, Proposal):
        return RedirectResponse(f"/h5/mine/{outcome.number}?news={_news(outcome, paper)}", 303)
    if wants_json(request):
        return _tell_script(outcome, paper, at)
    if not outcome.taken.settled:
        return _draw(request, here, who, at, outcome.sheet, outcome, paper)
    return RedirectResponse(f"{request.url.path}?news=saved", 303)


def _draw(
    request: Request,
    here: Installation,
    who: Visitor,
    at: Desk,
    sheet: Sheet,
    saved: Saved | None = None,
    paper: Paper | None = None,
) -> Response:
    mark = drafting.marking(here.keyring)
    view = view_of(
        sheet,
        at.campaign.definition,
        mark,
        saved.taken if saved else None,
        paper.sent.seen if paper else {},
    )
    return page(
        request,
        "proposal.html",
        422 if saved else 200,
        view=view,
        token=who.token,
        grace=grace(at.campaign, here.settings.zone),
        was_saved=request.query_params.get("news") == "saved",
    )


def _refuse(request: Request, who: Visitor, at: Desk, paper: Paper, refusal: Conflict) -> Response:
    """It could not be kept at all: say why, and give back everything that was typed."""
    if wants_json(request):
        return JSONResponse({"message": refusal.message}, refusal.status)
    names = {q.key: q.name for q in fields.plain_questions(form_of(at.campaign.definition))}
    typed = [(name, paper.sent.typed[key]) for key, name in names.items() if paper.sent.typed.get(key)]
    return page(
        request,
        "refused.html",
        refusal.status,
        sentence=refusal.message,
        typed=typed,
        again=paper.sent.typed if isinstance(refusal, DraftGone) and paper.number is None else None,
        token=who.token,
    )


def _tell_script(saved: Saved, paper: Paper, at: Desk) -> Response:
    """What a page that stays open needs to know after it was saved in the background."""
    taken, form = saved.taken, saved.sheet.form
    return JSONResponse(
        {
            "draft": saved.sheet.draft.id if saved.sheet.draft else None,
            "seen": fields.marks_after(form, taken, paper.sent, drafting.marking(at.keyring)),
            "problems": dict(taken.problems),
            "conflicts": list(taken.conflicts),
        }
    )


def _news(handed_in: Proposal, paper: Paper) -> str:
    if SUPPLEMENTING in paper.sent.typed:
        return "supplemented"
    return "amended" if handed_in.amended_at else "submitted"


def _draft_id(form: Mapping[str, str]) -> int | None:
    """A made-up id is as good as one that is gone."""
    said = form.get("draft", "")
    if not said:
        return None
    return int(said) if said.isdecimal() and len(said) < 19 else 0
