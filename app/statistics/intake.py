"""What came in: by day, category, route, unit and status, who supports it, and what is still being written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, ColumnElement, Integer, case, cast, extract, func, literal_column, or_, select
from sqlalchemy.orm import Session

from app.campaigns.definition import QUESTION_KEYS, Definition
from app.proposals.form import DECLINED
from app.statistics.cells import Cell, Folded, fold
from app.statistics.days import local_days
from models import Draft, Proposal, Support
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

# Offsets of zones are whole quarters of an hour, so any local day is a number of whole quarters.
QUARTER = literal_column("900", Integer)


@dataclass(frozen=True)
class Makeup:
    """How many there are of what; the cells stand in the order of the campaign, empty ones among them."""

    total: int
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


def by_day(session: Session, campaign_id: int, zone: ZoneInfo) -> Counter[date]:
    second = _second(session)
    rows = session.execute(
        select((second - second % QUARTER).label("quarter"), func.count())
        .where(Proposal.campaign_id == campaign_id)
        .group_by("quarter")
    )
    return local_days(((int(quarter), count) for quarter, count in rows), zone)


def makeup(session: Session, campaign_id: int, definition: Definition) -> Makeup:
    kinds = (Proposal.category, Proposal.channel, Proposal.status)
    found = select(*kinds, func.count()).where(Proposal.campaign_id == campaign_id).group_by(*kinds)
    categories: Counter[str | None] = Counter()
    routes: Counter[IntakeChannel] = Counter()
    statuses: Counter[ProposalStatus] = Counter()
    for category, route, status, count in session.execute(found):
        categories[category] += count
        routes[route] += count
        statuses[status] += count
    known = {one.key: one.title for one in definition.categories}
    unsorted = sum(count for key, count in categories.items() if key not in known)
    by_category = [Cell(title, (categories[key],)) for key, title in known.items()]
    return Makeup(
        total=statuses.total(),
        by_category=(*by_category, Cell(UNSORTED, (unsorted,))) if unsorted else tuple(by_category),
        by_route=tuple(Cell(title, (routes[route],)) for route, title in ROUTE_TITLES.items()),
        by_status=tuple(Cell(title, (statuses[status],)) for status, title in STATUS_TITLES.items()),
    )


def by_unit(session: Session, campaign_id: int) -> Folded:
    found = select(Proposal.unit, func.count()).where(Proposal.campaign_id == campaign_id).group_by(Proposal.unit)
    return fold(unit_cells((unit, (count,)) for unit, count in session.execute(found)), UNITS_SHOWN, OTHER_UNITS)


def unit_cells(counted: Iterable[tuple[str | None, tuple[int, ...]]]) -> list[Cell]:
    return [Cell(unit or NO_UNIT, counts) for unit, counts in counted]


def funnel(session: Session, campaign_id: int, definition: Definition) -> Funnel:
    """Of drafts nothing but how many; amendments of what was handed in are none."""
    passed = [func.count(case((_has_passed(session, key), 1))) for key in QUESTION_KEYS]
    drafts = select(func.count(), *passed).where(Draft.campaign_id == campaign_id, Draft.proposal_id.is_(None))
    begun, *behind = session.execute(drafts).one()
    handed_in = session.scalars(
        select(func.count()).where(Proposal.campaign_id == campaign_id, Proposal.channel == IntakeChannel.WECHAT)
    ).one()
    names = (definition.wording[key].name for key in QUESTION_KEYS)
    steps = tuple(Step(name, count + handed_in) for name, count in zip(names, behind, strict=True))
    return Funnel(begun + handed_in, steps, handed_in)


def backing(session: Session, campaign_id: int) -> Backing:
    given, people = session.execute(
        select(func.count(), func.count(Support.person.distinct()))
        .select_from(Support)
        .join(Proposal, Support.proposal_id == Proposal.id)
        .where(Proposal.campaign_id == campaign_id)
    ).one()
    return Backing(given, people)


def _second(session: Session) -> ColumnElement[int]:
    """When a proposal was handed in, in seconds since 1970."""
    if session.get_bind().dialect.name == "postgresql":
        return extract("epoch", Proposal.submitted_at)
    whole = func.substr(Proposal.submitted_at, 1, len("2000-01-01 00:00:00"))  # else it would be rounded
    return cast(func.strftime("%s", whole), Integer)


def _has_passed(session: Session, key: str) -> ColumnElement[bool]:
    """Whether a draft has this question behind it: answered, skipped, or not to be asked of this person."""
    if session.get_bind().dialect.name == "postgresql":
        has: ColumnElement[bool] = func.jsonb_exists(
            func.jsonb_extract_path(Draft.state, "answers"), key, type_=Boolean
        )
    else:
        has = func.json_type(Draft.state, f"$.answers.{key}").is_not(None)
    if key not in PERSONAL:
        return has
    return or_(has, Draft.state["answers"]["consent"].as_string() == DECLINED)
