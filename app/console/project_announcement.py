"""The announcement of the year's projects: written, looked at as it will be, submitted, released by another."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.console.deciding import runs
from app.console.pages import page, redirect_with
from app.console.project_form import announcement_in, moment_in
from app.console.project_steps import may_take_back, next_step
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import ShishiError
from app.installation import Installation
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power
from app.projects import announcing, notices, places, previewing, queries
from app.projects.announcing import AnnouncementChanged
from app.projects.rules import HEADING_LIMIT, STATE_TITLES
from models import Announcement
from models.enums import AnnouncementState

ANNOUNCEMENT = "/console/projects/announcement"

router = APIRouter()


def either(who: Who) -> Account:
    """Who prepares the announcement or releases it."""
    if not who.may(Power.CONFIRM_RESULTS):
        who.require(Power.MAKE_PROJECTS)
    return who


Maker = Annotated[Account, allowed(Power.MAKE_PROJECTS)]
Releaser = Annotated[Account, allowed(Power.CONFIRM_RESULTS)]
Either = Annotated[Account, Depends(either)]


@router.get("/projects/announcement")
def announcement(request: Request, here: Here, who: Who) -> Response:
    return _page(request, here, who)


@router.post("/projects/announcement")
def write(request: Request, here: Here, who: Maker, form: FormSent) -> Response:
    """Save it, or fill the field with a new draft that is not saved yet."""
    if form.get("do") == "draft":
        return _page(request, here, who, form=form, again=True)
    try:
        text, seen, key = announcement_in(form), text_of(form, "seen"), _key(here)
        here.write(lambda session: announcing.write(session, key, text, seen=seen, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _page(request, here, who, refusal, form)
    return redirect_with(ANNOUNCEMENT, "公告保存好了，请预览一遍。")


@router.post("/projects/announcement/submit", dependencies=[FROM_OUR_PAGE])
def submit(request: Request, here: Here, who: Maker) -> Response:
    return _step(request, here, who, announcing.submit, "提交了，等另一位负责审批的同事来公布。")


@router.post("/projects/announcement/take-back", dependencies=[FROM_OUR_PAGE])
def take_back(request: Request, here: Here, who: Either) -> Response:
    return _step(request, here, who, announcing.take_back, "收回了，可以接着改。")


@router.post("/projects/announcement/release")
def release(request: Request, here: Here, who: Releaser, form: FormSent) -> Response:
    """`submitted` is when that was handed over which the page showed."""
    seen = moment_in(form, "submitted")

    def verb(session: Session, key: str, **who_and_when: Any) -> Announcement:
        return announcing.release(session, key, address=_address(here, key), seen=seen, **who_and_when)

    return _step(request, here, who, verb, "公布了！结果页上已经看得到，提案人的消息正在发出。")


def _step(
    request: Request, here: Installation, who: Account, verb: Callable[..., Announcement], said: str
) -> Response:
    try:
        key = _key(here)
        here.write(lambda session: verb(session, key, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _page(request, here, who, refusal)
    return redirect_with(ANNOUNCEMENT, said)


def _page(
    request: Request,
    here: Installation,
    who: Account,
    refusal: ShishiError | None = None,
    form: FormData | None = None,
    *,
    again: bool = False,
) -> Response:
    """`form` is what was typed and is kept; `again`: instead of its words a new draft is shown."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        found = queries.announcement(session, campaign.id)
        stored, overtaken = queries.text_of(session, campaign), isinstance(refusal, AnnouncementChanged)
        typed = announcement_in(form) if form else stored
        keeps = form is not None and not overtaken
        shown = {
            **_standing(session, here, who, campaign, found),
            "text": queries.drafted(session, campaign) if again else typed,
            "theirs": stored if overtaken else None,
            "seen": text_of(form, "seen") if keeps and form else announcing.version_of(found),
            "unsaved": form is not None or not (found and found.written_at),
            "refusal": refusal and refusal.message,
        }
        return page(request, "projects_announcement.html", refusal.status if refusal else 200, **shown)


def _standing(
    session: Session, here: Installation, who: Account, campaign: CampaignView, found: Announcement | None
) -> Mapping[str, Any]:
    """How far it is, what comes next, and what will be sent."""
    state = found.state if found else AnnouncementState.DRAFT
    projects = len(queries.of_campaign(session, campaign.id))
    address = _address(here, campaign.key)
    is_ahead = projects and state is not AnnouncementState.RELEASED
    news = notices.news(session, campaign, address) if is_ahead else None
    return {
        "campaign": campaign,
        "announcement": found,
        "projects": projects,
        "state": state,
        "state_title": STATE_TITLES[state],
        "heading_limit": HEADING_LIMIT,
        "may_write": state is AnnouncementState.DRAFT and who.may(Power.MAKE_PROJECTS),
        "may_take_back": may_take_back(found, who),
        "next": next_step(found, projects, who),
        "names": _names(session, found),
        "news": news,
        "examples": [runs(text) for text in news.examples] if news else [],
        "told": notices.told(session, campaign.id),
        "address": address,
        "voted": places.latest_round(session, campaign.id),
        "seal": previewing.seal(here.keyring, campaign.key, here.clock.wall()),
    }


def _names(session: Session, found: Announcement | None) -> Mapping[int, str]:
    hands = (found.written_by, found.submitted_by, found.released_by) if found else ()
    return operators.names(session, {hand for hand in hands if hand})


def _key(here: Installation) -> str:
    with here.database.reading() as session:
        return campaigns.current(session, here.clock).key


def _address(here: Installation, key: str) -> str:
    return f"{here.settings.public_url}/h5/results/{key}"
