"""The board: all proposals of the campaign, filtered, in pages, with what stands beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.console import board_query
from app.console.at_hand import ROUTES, category_titles
from app.console.board_query import Asked
from app.console.pages import page
from app.console.visiting import Here, Who
from app.installation import Installation
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals import listing, paging, queries, views
from app.proposals.alike import queries as alike
from app.proposals.exports import STATUS_TITLES
from app.proposals.listing import COUNTED, Fitting
from app.proposals.paging import Order, Page
from app.triage import cards, notices
from app.triage.notices import HEARD_TITLES, Heard
from app.triage.rules import OPEN
from models import Proposal

ROWS = 50
FIRST_WORDS = 60
ORDERS: Mapping[Order, str] = {
    Order.NEWEST: "最新的在前",
    Order.OLDEST: "最早的在前",
    Order.SUPPORTED: "支持最多的在前",
}

router = APIRouter()


@dataclass(frozen=True)
class Row:
    """One proposal with what stands beside it. `waiting`: days since it came in, of one that waits for us."""

    proposal: Proposal
    begins: str
    supporters: int
    given: int
    needed: int
    waiting: int | None
    heard: Heard


@router.get("/board")
def board(request: Request, here: Here, who: Who) -> Response:
    asked = board_query.read(request.query_params)
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        narrowing = fitting(session, asked, campaign, who, here)
        found = _turn(session, narrowing, asked.order, request.query_params)
        count = listing.count(session, narrowing)
        shown = {
            "rows": _rows(session, found.proposals, here.clock.now()),
            "count": count,
            "more_than": COUNTED if count > COUNTED else None,
            "turns": _turns(asked, found),
            "asked": asked,
            "orders": ORDERS,
            "units": listing.units(session, campaign.id),
            "built_in": [(name, board_query.read(query)) for name, query in views.BUILT_IN.items()],
            "views": [(view, board_query.read(view.query)) for view in views.of(session, who)],
            "may_sort": who.may(Power.CLASSIFY) and campaign.allows.sort,
            "may_reject": who.may(Power.DECIDE) and campaign.allows.assess,
            **around(session, campaign),
        }
        return page(request, "board.html", **shown)


def fitting(session: Session, asked: Asked, campaign: CampaignView, who: Account, here: Installation) -> Fitting:
    similar = _with_similar(session, campaign) if asked.similar else None
    return listing.fitting(session, asked.wanted(campaign, who, here.settings.zone, similar))


def around(session: Session, campaign: CampaignView) -> Mapping[str, Any]:
    """What board and proposal are shown with."""
    return {
        "campaign": campaign,
        "categories": category_titles(campaign),
        "routes": ROUTES,
        "statuses": STATUS_TITLES,
        "heard": HEARD_TITLES,
        "colleagues": [one.name for one in operators.everyone(session) if one.disabled_at is None],
    }


def waiting_days(proposal: Proposal, now: datetime) -> int | None:
    return max((now - proposal.submitted_at).days, 0) if proposal.status in OPEN else None


def _with_similar(session: Session, campaign: CampaignView) -> frozenset[int]:
    clusters = alike.duplicates(session, campaign.id).clusters
    return frozenset(one.id for cluster in clusters for one in cluster.proposals)


def _turn(session: Session, narrowing: Fitting, order: Order, sent: Mapping[str, str]) -> Page:
    """The page that the address names by the proposal it begins beside; else, or when that is gone, the first."""
    if "last" in sent:
        return paging.last_page(session, narrowing, order, ROWS)
    for place, turned in (("after", paging.page_after), ("before", paging.page_before)):
        beside = queries.by_number(session, sent.get(place, ""))
        if beside is not None:
            return turned(session, narrowing, order, ROWS, beside)
    return paging.first_page(session, narrowing, order, ROWS)


def _turns(asked: Asked, found: Page) -> Mapping[str, str]:
    """The addresses of the pages to turn to."""
    turns: dict[str, str] = {}
    if found.has_before:
        turns |= {"first": asked.address}
        turns |= {"before": asked.address_with(before=found.proposals[0].number)} if found.proposals else {}
    if found.has_after:
        turns |= {
            "after": asked.address_with(after=found.proposals[-1].number),
            "last": asked.address_with(last="1"),
        }
    return turns


def _rows(session: Session, proposals: Sequence[Proposal], now: datetime) -> list[Row]:
    given = cards.counts(session, proposals)
    heard = notices.heard(session, proposals)
    return [
        Row(
            proposal=one,
            begins=one.summary.replace("\n", " ")[:FIRST_WORDS],
            supporters=one.supporters,
            given=given[one.id][0],
            needed=given[one.id][1],
            waiting=waiting_days(one, now),
            heard=heard[one.id],
        )
        for one in proposals
    ]
