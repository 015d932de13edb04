"""What came in: by day, category, route, unit and status, who supports it, and what is still being written."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, and_, case, column, func, select, values
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.campaigns.definition import QUESTION_KEYS, Definition, PhaseWindow
from app.proposals.form import DECLINED
from app.statistics.cells import Cell, Folded, fold
from app.statistics.days import Day, Days, days_told, midnights
from app.statistics.unfolding import keys
from models import Draft, Proposal, Support
from models.base import UtcDateTime
from models.enums import IntakeChannel, ProposalStatus

ROUTE_TITLES = {
    IntakeChannel.WECHAT: "职工（微信）",
    IntakeChannel.ORGANISATION: "行业、街镇、直属工会",
    IntakeChannel.DEPARTMENT: "机关部室",
}
STATUS_TITLES = {
    ProposalStatus.SUBMITTED: "等待办理",
    ProposalStatus.RETURNED: "已退回，等作者补充",
    ProposalStatus.SHORTLISTED: "已入选",
    ProposalStatus.MERGED: "已并入其他提案",
    ProposalStatus.REJECTED: "未采纳",
    ProposalStatus.WITHDRAWN: "作者已撤回",
}
UNITS_SHOWN = 12
OTHER_UNITS = "其余单位（合在一起）"
NO_UNIT = "没有填写单位"
UNSORTED = "尚未分类"
PERSONAL = ("unit", "name", "phone")  # asked of those only who agreed to the handling of personal data


@dataclass(frozen=True)
class Makeup:
    """How many there are of what; the cells stand in the order of the campaign, empty ones among them."""

    total: int
    from_workers: int
    by_category: tuple[Cell, ...]
    by_route: tuple[Cell, ...]
    by_status: tuple[Cell, ...]


@dataclass(frozen=True)
class Step:
    title: str
    count: int


@dataclass(frozen=True)
class Funnel:
    """How many proposals of workers were begun, have each question behind them, and were handed in."""

    begun: int
    answered: tuple[Step, ...]
    handed_in: int


@dataclass(frozen=True)
class Backing:
    """`given` counts a person once for each proposal, `people` once."""

    given: int
    people: int


def by_day(session: Session, campaign_id: int, collecting: PhaseWindow, now: datetime, zone: ZoneInfo) -> Days:
    """Each day is counted between its two midnights, so that it is right in any zone and on any database."""
    at, of_campaign = Proposal.submitted_at, Proposal.campaign_id == campaign_id
    first, last = (session.scalar(select(end(at)).where(of_campaign)) for end in (func.min, func.max))
    told = days_told(first, last, collecting, now, zone)
    edges = midnights(told, zone)
    spans = values(
        column("day", Integer), column("begins", UtcDateTime), column("ends", UtcDateTime), name="spans"
    )
    span = spans.data([(day, *pair) for day, pair in enumerate(pairwise(edges))]).cte("days")
    inside = and_(of_campaign, at >= span.c.begins, at < span.c.ends)
    counted = select(span.c.day, func.count()).select_from(span).join(Proposal, inside).group_by(span.c.day)
    counts = {row[0]: row[1] for row in session.execute(counted)}
    before = session.scalars(select(func.count()).where(of_campaign, at < edges[0])).one()
    return Days(tuple(Day(day, counts.get(place, 0)) for place, day in enumerate(told)), before)


def makeup(session: Session, campaign_id: int, definition: Definition) -> Makeup:
    known = {one.key: one.title for one in definition.categories}
    categories, routes, statuses = _by_each(
        session,
        campaign_id,
        (Proposal.category, known),
        (Proposal.channel, ROUTE_TITLES),
        (Proposal.status, STATUS_TITLES),
    )
    unsorted = statuses.total() - categories.total()
    by_category = [Cell(title, (categories[key],)) for key, title in known.items()]
    return Makeup(
        total=statuses.total(),
        from_workers=routes[IntakeChannel.WECHAT],
        by_category=(*by_category, Cell(UNSORTED, (unsorted,))) if unsorted else tuple(by_category),
        by_route=tuple(Cell(title, (routes[route],)) for route, title in ROUTE_TITLES.items()),
        by_status=tuple(Cell(title, (statuses[status],)) for status, title in STATUS_TITLES.items()),
    )


def by_unit(session: Session, campaign_id: int) -> Folded:
    units = _by(session, campaign_id, Proposal.unit)
    return fold((Cell(unit or NO_UNIT, (count,)) for unit, count in units.items()), UNITS_SHOWN, OTHER_UNITS)


def funnel(session: Session, campaign_id: int, definition: Definition, handed_in: int) -> Funnel:
    """`handed_in` by workers. Of drafts nothing but how many there are; amendments of what was handed in are none.

    A question is behind somebody who has answered or skipped it, or is not asked it.
    """
    is_new = and_(Draft.campaign_id == campaign_id, Draft.proposal_id.is_(None))
    declined = Draft.state["answers"]["consent"].as_string() == DECLINED
    begun, spared = session.execute(select(func.count(), func.count(case((declined, 1)))).where(is_new)).one()
    passed = Counter(dict.fromkeys(PERSONAL, spared)) + _answers(session, is_new)
    steps = tuple(Step(definition.wording[key].name, passed[key] + handed_in) for key in QUESTION_KEYS)
    return Funnel(begun + handed_in, steps, handed_in)


def backing(session: Session, campaign_id: int) -> Backing:
    given, people = session.execute(
        select(func.count(), func.count(Support.person.distinct()))
        .select_from(Support)
        .join(Proposal, Support.proposal_id == Proposal.id)
        .where(Proposal.campaign_id == campaign_id)
    ).one()
    return Backing(given, people)


def _by(session: Session, campaign_id: int, column: InstrumentedAttribute[Any]) -> Counter[Any]:
    found = select(column, func.count()).where(Proposal.campaign_id == campaign_id).group_by(column)
    return Counter({row[0]: row[1] for row in session.execute(found)})


def _by_each(
    session: Session, campaign_id: int, *wanted: tuple[InstrumentedAttribute[Any], Collection[str]]
) -> list[Counter[str]]:
    """How many have each of these values of each column, all at one look: it costs as much as one grouping."""
    asked = [func.count().filter(column == value) for column, values in wanted for value in values]
    found = iter(session.execute(select(*asked).where(Proposal.campaign_id == campaign_id)).one())
    return [Counter({value: next(found) for value in values}) for _, values in wanted]


def _answers(session: Session, drafts: ColumnElement[bool]) -> Counter[str]:
    """How many of these drafts hold an answer to each question, be it a skip."""
    key = keys(session, Draft.state, "answers")
    found = select(key, func.count()).select_from(Draft).where(drafts).group_by(key)
    return Counter({row[0]: row[1] for row in session.execute(found)})
