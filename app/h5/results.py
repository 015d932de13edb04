"""The published result: for everybody, signed in or not, and as a file that stands alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated, Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.campaigns import queries as campaigns
from app.campaigns.dates import moment
from app.database import Database
from app.errors import ShishiError
from app.h5.pages import STATIC, TEMPLATES, TITLES, telling
from app.h5.visiting import Here
from app.installation import Installation
from app.projects import previewing
from app.projects import queries as projects
from app.statistics.results import NotPublished, Published, published

TEMPLATE = "results.html"
STYLES = ("h5.css", "results.css", "dark.css")
FRESH = timedelta(seconds=20)

# When the news goes out everybody opens this one page: it is drawn once for all. By campaign: when, and what.
_drawn: WeakKeyDictionary[Database, dict[str, tuple[datetime, str]]] = WeakKeyDictionary()
_drawing = Lock()

router = APIRouter()


@router.get("/results/{key}")
def reading(request: Request, here: Here, key: str) -> Response:
    """Whoever may not read it yet is shown no way on: most who come have no proposals of their own."""
    try:
        drawn = _page(here, key.replace("\x00", ""))
    except NotPublished as early:
        return telling(request, "结果还没有公布", early.message, early.status)
    except ShishiError as refusal:
        return telling(request, TITLES[refusal.status], refusal.message, refusal.status)
    here.openings.count(f"/h5/results/{key}")
    return HTMLResponse(drawn)


@router.post("/results/{key}/preview")
def preview(request: Request, here: Here, key: str, seal: Annotated[str, Form()] = "") -> Response:
    """The page as it will be, for whoever brings a seal of the console; it is drawn anew and kept nowhere."""
    if not previewing.accepts(here.keyring, key, seal, here.clock.wall()):
        return telling(request, "预览打不开", "请回到工作台，再点一次“预览”。", 403)
    with here.database.reading() as session:
        campaign = campaigns.by_key(session, key, here.clock)
        shown = published(session, campaign, here.keyring, here.clock)
        shown = replace(shown, announced=projects.previewed(session, campaign))
    html = TEMPLATES.get_template(TEMPLATE).render(_context(shown, here.settings.zone), alone=False)
    return HTMLResponse(html)


def standing_alone(shown: Published, zone: ZoneInfo) -> str:
    """The same page in one file: it needs no other, and no host."""
    styles = Markup("\n".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES))  # noqa: S704 # ours
    return TEMPLATES.get_template(TEMPLATE).render(_context(shown, zone), alone=True, styles=styles)


def _page(here: Installation, key: str) -> str:
    """Raises NoCampaign, NotPublished."""
    now = here.clock.wall()
    with _drawing:
        pages = _drawn.setdefault(here.database, {})
        drawn_at, html = pages.get(key, (None, ""))
        if drawn_at is None or not drawn_at <= now < drawn_at + FRESH:
            html = _draw(here, key)
            pages[key] = now, html
        return html


def _draw(here: Installation, key: str) -> str:
    with here.database.reading() as session:
        shown = published(session, campaigns.by_key(session, key, here.clock), here.keyring, here.clock)
    return TEMPLATES.get_template(TEMPLATE).render(_context(shown, here.settings.zone), alone=False)


def _context(shown: Published, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "campaign": shown.campaign.definition,
        "announced": shown.announced,
        "results": shown.results,
        "moment": lambda at: moment(at, zone),
        "told": lambda result: result.view.fixed.electorate.told(zone),
        "percent": lambda part: f"{part:.1%}",
        "many": lambda number: f"{number:,}",
    }
