"""The published result: for everybody, signed in or not, and as a file that stands alone."""

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.campaigns.dates import moment
from app.errors import ShishiError
from app.h5.pages import STATIC, TEMPLATES, TITLES, page, telling
from app.h5.visiting import Here
from app.statistics.results import NotPublished, Published, published

TEMPLATE = "results.html"
STYLES = ("h5.css", "results.css")

router = APIRouter()


@router.get("/results/{key}")
def reading(request: Request, here: Here, key: str) -> Response:
    """Whoever may not read it yet is shown no way on: most who come have no proposals of their own."""
    try:
        with here.database.reading() as session:
            campaign = campaigns.by_key(session, key.replace("\x00", ""), here.clock)
            shown = published(session, campaign, here.keyring, here.clock)
    except NotPublished as early:
        return telling(request, "结果还没有公布", early.message, early.status)
    except ShishiError as refusal:
        return telling(request, TITLES[refusal.status], refusal.message, refusal.status)
    return page(request, TEMPLATE, **_context(shown, here.settings.zone), alone=False)


def standing_alone(shown: Published, zone: ZoneInfo) -> str:
    """The same page in one file: it needs no other, and no host."""
    styles = Markup("\n".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES))  # noqa: S704 # ours
    return TEMPLATES.get_template(TEMPLATE).render(_context(shown, zone), alone=True, styles=styles)


def _context(shown: Published, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "campaign": shown.campaign.definition,
        "results": shown.results,
        "moment": lambda at: moment(at, zone),
        "told": lambda result: result.view.fixed.electorate.told(zone),
        "percent": lambda part: f"{part:.1%}",
        "many": lambda number: f"{number:,}",
    }
