"""A campaign at a glance, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from app.campaigns import queries as campaigns
from app.database import Database
from app.statistics.cells import Cell
from app.statistics.overview import Overview, overview
from app.statistics.stages import Place
from models import Decision, Merge, MergedProposal, Operator, Support
from models.enums import DecisionKind, IntakeChannel, ProposalStatus
from tests.app.statistics.conftest import Put
from tests.fixtures.clocks import START, SteppingClock

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def look(loaded: Database, clock: SteppingClock) -> Callable[[], Overview]:
    def look() -> Overview:
        with loaded.reading() as session:
            return overview(session, campaigns.by_key(session, "2018", clock), clock, SHANGHAI)

    return look


@pytest.fixture
def operator(loaded: Database) -> int:
    with loaded.writing() as session:
        somebody = Operator(name="评审甲", password_hash="-", roles=[], created_at=START)
        session.add(somebody)
        session.flush()
        return somebody.id


def filled(cells: tuple[Cell, ...]) -> dict[str, int]:
    return {cell.title: cell.total for cell in cells if cell.total}


def test_an_empty_campaign_has_zeros_everywhere(look: Callable[[], Overview]) -> None:
    found = look()
    assert found.makeup.total == found.days.total == found.backlog.total == found.backlog.prepared == 0
    assert found.units.rows == ()
    assert (found.funnel.begun, found.funnel.handed_in) == (0, 0)
    assert (found.answering.answered, found.answering.median) == (0, None)
    assert (found.backing.given, found.backing.people) == (0, 0)
    assert found.stages[0].place is Place.NOW
    assert found.due[0].days_left == 29


def test_a_day_ends_at_midnight_in_shanghai(put: Put, look: Callable[[], Overview]) -> None:
    for utc in (
        datetime(2017, 11, 30, 15, 59, 59, 999_999, tzinfo=UTC),  # the last moment of the 30th
        datetime(2017, 11, 30, 16, 0, tzinfo=UTC),  # the first of December
        datetime(2017, 12, 1, 15, 59, 59, 600_000, tzinfo=UTC),
    ):
        put(submitted_at=utc)
    assert [(day.date.isoformat(), day.count) for day in look().days.days] == [
        ("2017-11-30", 1),
        ("2017-12-01", 2),
    ]


def test_what_there_is_by_category_route_and_status(put: Put, look: Callable[[], Overview]) -> None:
    put(category="health")
    put(category=None, channel=IntakeChannel.ORGANISATION)
    put(category="rights", channel=IntakeChannel.DEPARTMENT, status=ProposalStatus.SHORTLISTED)
    put(category="gone_from_the_file", status=ProposalStatus.WITHDRAWN)
    makeup = look().makeup
    assert makeup.total == 4
    assert filled(makeup.by_category) == {"健康服务": 1, "维权服务": 1, "尚未分类": 2}
    assert filled(makeup.by_route) == {"职工（微信）": 2, "行业、街镇、直属工会": 1, "机关部室": 1}
    assert filled(makeup.by_status) == {"等待办理": 2, "已入选": 1, "作者已撤回": 1}
    assert len(makeup.by_category) == 8


def test_small_units_are_not_named(put: Put, look: Callable[[], Overview]) -> None:
    for unit, times in (("殷行街道", 6), ("定海路街道", 5), ("某养老院", 3), (None, 7)):
        for _ in range(times):
            put(unit=unit)
    units = look().units
    assert [(cell.title, cell.total) for cell in units.rows] == [
        ("没有填写单位", 7),
        ("殷行街道", 6),
        ("其余单位（合在一起）", 8),
    ]


def test_drafts_are_only_counted(put: Put, begin: Callable[..., None], look: Callable[[], Overview]) -> None:
    amended = put()
    put(channel=IntakeChannel.DEPARTMENT)  # was never a draft
    begin()
    begin(consent="agreed", category="health", unit=None)
    begin(consent="declined", category="health", title="午间健身课", summary="请教练", expected_outcome="五十次")
    begin(amended, consent="agreed", category="health")
    funnel = look().funnel
    assert (funnel.begun, funnel.handed_in) == (4, 1)
    assert [step.count for step in funnel.answered] == [3, 3, 2, 2, 2, 1, 3, 2, 2]


def test_what_waits_by_age(put: Put, look: Callable[[], Overview], clock: SteppingClock) -> None:
    for hours in (1, 23, 25, 71, 73, 24 * 8, 24 * 15, 24 * 90):
        put(submitted_at=clock.now() - timedelta(hours=hours))
    put(submitted_at=clock.now(), status=ProposalStatus.RETURNED)
    assert [cell.total for cell in look().backlog.by_age] == [2, 2, 1, 1, 2]


def test_time_to_the_first_answer(
    put: Put, look: Callable[[], Overview], loaded: Database, operator: int, clock: SteppingClock
) -> None:
    ids = [put() for _ in range(5)]

    def decided(proposal: int, after: float, *, published: bool = True) -> None:
        at = START + timedelta(hours=after)
        values = {"kind": DecisionKind.RETURN, "reason": "请补充", "operator_id": operator, "decided_at": at}
        with loaded.writing() as session:
            session.execute(
                insert(Decision).values(proposal_id=proposal, published_at=at if published else None, **values)
            )

    decided(ids[0], 30)
    decided(ids[0], 40)  # a second answer changes nothing
    decided(ids[1], 10)
    decided(ids[2], 1, published=False)
    with loaded.writing() as session:
        session.add(
            Merge(id=1, into_id=ids[0], operator_id=operator, reason="相近", merged_at=START + timedelta(hours=20))
        )
        session.flush()
        session.add(MergedProposal(merge_id=1, proposal_id=ids[3], status=ProposalStatus.SUBMITTED))
    found = look()
    assert (found.answering.answered, found.answering.median) == (3, timedelta(hours=20))
    assert found.backlog.prepared == 1
    decided(ids[4], 5.99)
    assert look().answering.median == timedelta(hours=10)


def test_supporters_are_counted_once_each(put: Put, look: Callable[[], Overview], loaded: Database) -> None:
    first, second = put(), put()
    with loaded.writing() as session:
        for proposal, person in ((first, "甲"), (second, "甲"), (second, "乙")):
            session.add(Support(proposal_id=proposal, person=person, given_at=START))
    backing = look().backing
    assert (backing.given, backing.people) == (3, 2)
