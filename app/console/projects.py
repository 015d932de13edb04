"""The year's projects: chosen from what was voted on, edited, ordered; and taken along as files."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as InPath
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.console.at_hand import ROUTES
from app.console.candidate_form import SPARE_ROWS, ids_in, moved, seen_in
from app.console.exports import MEDIA_TYPES
from app.console.pages import page, redirect_with
from app.console.project_form import candidate_in, count_in, text_in
from app.console.project_steps import next_step
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.projects import choosing, exports, places, queries
from app.projects.choosing import ProjectChanged
from app.projects.rules import STATE_TITLES, ProjectText, usual_count
from models import Project
from models.enums import AnnouncementState

PROJECTS = "/console/projects"

router = APIRouter()
MAKES = allowed(Power.MAKE_PROJECTS)
Maker = Annotated[Account, MAKES]
ProjectId = Annotated[int, InPath(ge=1, lt=2**31)]


@router.get("/projects")
def listing(request: Request, here: Here, who: Who) -> Response:
    return _list(request, here, who)


@router.post("/projects/propose")
def propose(request: Request, here: Here, who: Maker, form: FormSent) -> Response:
    """The first so many of the vote."""
    return _done(
        request,
        here,
        who,
        lambda session, key: choosing.propose(session, key, count_in(form), by=who, clock=here.clock),
        "列好了，请逐个核对内容、指标和责任部门，再排好顺序。",
    )


@router.post("/projects")
def choose(request: Request, here: Here, who: Maker, form: FormSent) -> Response:
    return _done(
        request,
        here,
        who,
        lambda session, key: choosing.choose(session, key, candidate_in(form), by=who, clock=here.clock),
        "列为实事项目了，排在最后。",
    )


@router.post("/projects/order")
def reorder(request: Request, here: Here, who: Maker, form: FormSent) -> Response:
    """`id` of each row in their order, and `move` where it was a button."""
    ids = moved(ids_in(form), text_of(form, "move"))
    return _done(
        request,
        here,
        who,
        lambda session, key: choosing.reorder(session, key, ids, by=who, clock=here.clock),
        "顺序排好了。",
    )


@router.get("/projects/session.docx")
def document(here: Here, who: Who) -> Response:
    """For the plenary session; before the release it says that it is a draft."""
    with here.database.reading() as session, TemporaryDirectory(prefix="shishi-") as folder:
        campaign = campaigns.current(session, here.clock)
        path = Path(folder) / "session.docx"
        exports.write_word(session, campaign, here.settings.zone, path)
        content = path.read_bytes()
    return _file(here, who, campaign, content, f"projects-{campaign.key}{exports.WORD}")


@router.get("/projects/next-year.toml")
def fragment(here: Here, who: Who) -> Response:
    """What next year's campaign file says of last year."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        content = exports.fragment(session, campaign).encode()
    return _file(here, who, campaign, content, f"last-year-{campaign.key}{exports.TOML}")


@router.get("/projects/{project_id}")
def project(request: Request, here: Here, _who: Who, project_id: ProjectId) -> Response:
    """The form; who may not change it sees it on the list."""
    with here.database.reading() as session:
        one = queries.by_id(session, project_id)
        return _form(request, session, here, one, queries.project_text(one))


@router.post("/projects/{project_id}")
def edit(request: Request, here: Here, who: Maker, project_id: ProjectId, form: FormSent) -> Response:
    text, seen = text_in(form), seen_in(form)
    changes = {**asdict(text), "indicators": text.indicators}
    try:
        if form.get("do") != "row":
            here.write(
                lambda session: choosing.edit(session, project_id, changes, seen=seen, by=who, clock=here.clock)
            )
            return redirect_with(f"{PROJECTS}#project-{project_id}", f"“{text.title}”保存好了。")
        refusal = None
    except ShishiError as refused:
        refusal = refused
    with here.database.reading() as session:
        one = queries.by_id(session, project_id)
        return _form(request, session, here, one, text, form=form, refusal=refusal)


@router.post("/projects/{project_id}/drop", dependencies=[FROM_OUR_PAGE])
def drop(request: Request, here: Here, who: Maker, project_id: ProjectId) -> Response:
    return _done(
        request,
        here,
        who,
        lambda session, _key: choosing.drop(session, project_id, by=who, clock=here.clock),
        "去掉了。它还是候选项目，可以再列进来。",
    )


def _done(
    request: Request, here: Installation, who: Account, verb: Callable[[Session, str], object], said: str
) -> Response:
    try:
        with here.database.reading() as session:
            key = campaigns.current(session, here.clock).key
        here.write(lambda session: verb(session, key))
    except ShishiError as refusal:
        return _list(request, here, who, refusal)
    return redirect_with(PROJECTS, said)


def _list(request: Request, here: Installation, who: Account, refusal: ShishiError | None = None) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        projects = queries.of_campaign(session, campaign.id)
        found = queries.announcement(session, campaign.id)
        state = found.state if found else AnnouncementState.DRAFT
        is_open = state is AnnouncementState.DRAFT and who.may(Power.MAKE_PROJECTS)
        shown: dict[str, Any] = {
            "campaign": campaign,
            "projects": list(zip(projects, queries.entries(session, projects), strict=True)),
            "left": queries.left(session, campaign.id),
            "voted": places.latest_round(session, campaign.id),
            "usual": usual_count(campaign.definition),
            "state": state,
            "state_title": STATE_TITLES[state],
            "next": next_step(found, len(projects), who),
            "may_edit": is_open,
            "routes": ROUTES,
            "refusal": refusal and refusal.message,
        }
        return page(request, "projects.html", refusal.status if refusal else 200, **shown)


def _form(
    request: Request,
    session: Session,
    here: Installation,
    one: Project,
    text: ProjectText,
    *,
    form: FormData | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    """Somebody else was quicker: what they wrote is shown beside, and may be saved over."""
    overtaken = isinstance(refusal, ProjectChanged)
    keeps = form is not None and not overtaken
    [entry] = queries.entries(session, [one])
    shown = {
        "project": one,
        "entry": entry,
        "text": text,
        "rows": [*text.indicators, *[{"title": "", "target": ""}] * SPARE_ROWS],
        "seen": text_of(form, "seen") if keeps and form else queries.version_of(one).isoformat(),
        "theirs": queries.project_text(one) if overtaken else None,
        "campaign": campaigns.by_id(session, one.campaign_id, here.clock),
        "may_edit": _is_open(session, one),
        "routes": ROUTES,
        "refusal": refusal and refusal.message,
    }
    return page(request, "projects_edit.html", refusal.status if refusal else 200, **shown)


def _is_open(session: Session, one: Project) -> bool:
    found = queries.announcement(session, one.campaign_id)
    return found is not None and found.state is AnnouncementState.DRAFT


def _file(here: Installation, who: Account, campaign: CampaignView, content: bytes, name: str) -> Response:
    """Noted in the action log."""
    ending = Path(name).suffix
    here.write(lambda session: exports.note(session, campaign, ending, actor=who.actor, clock=here.clock))
    media_type = MEDIA_TYPES.get(ending, "application/toml")
    return Response(
        content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'}
    )
