"""What people think of last year's projects, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest

from app.campaigns import queries as campaigns
from app.database import Database
from app.statistics.last_year import Report, Words, last_year
from models.enums import IntakeChannel, ProposalStatus
from tests.app.statistics.conftest import Put
from tests.fixtures.clocks import SteppingClock


def rating(project: int, score: int, remark: str = "") -> dict[str, Any]:
    return {"project": project, "rating": score, "remark": remark}


@pytest.fixture
def report(loaded: Database, clock: SteppingClock) -> Callable[[], Report]:
    def report() -> Report:
        with loaded.reading() as session:
            return last_year(session, campaigns.by_key(session, "2018", clock))

    return report


def test_nobody_has_said_anything(put: Put, report: Callable[[], Report]) -> None:
    put()
    found = report()
    assert found.is_empty
    assert [one.project.number for one in found.opinions] == list(range(1, 11))
    assert {one.scores.mean for one in found.opinions} == {None}


def test_scores_of_each_project(put: Put, report: Callable[[], Report]) -> None:
    for score in (5, 5, 4, 1):
        put(evaluations=[rating(1, score), rating(10, 3)])
    found = report()
    assert not found.is_empty
    assert found.opinions[0].scores.counts == (1, 0, 0, 1, 2)
    assert found.opinions[0].scores.mean == 3.75
    assert found.opinions[9].scores.counts == (0, 0, 4, 0, 0)
    assert found.opinions[4].scores.total == 0


def test_of_one_person_the_last_evaluation_counts(
    put: Put, follower: Callable[[], int], report: Callable[[], Report]
) -> None:
    same, other = follower(), follower()
    put(follower_id=same, evaluations=[rating(1, 1, "太远"), rating(2, 2)])
    put(follower_id=same, evaluations=[rating(1, 5, "近了")])
    put(follower_id=same)  # says nothing of last year
    put(follower_id=other, evaluations=[rating(1, 4)])
    put(follower_id=None, channel=IntakeChannel.ORGANISATION, evaluations=[rating(1, 4)])
    put(follower_id=None, channel=IntakeChannel.ORGANISATION, evaluations=[rating(1, 4)])
    first, second = report().opinions[:2]
    assert first.scores.counts == (0, 0, 0, 3, 1)
    assert first.remarks == ("近了",)
    assert second.scores.total == 0


def test_what_was_withdrawn_is_not_told(put: Put, report: Callable[[], Report]) -> None:
    put(status=ProposalStatus.WITHDRAWN, evaluations=[rating(1, 1, "不好")], evaluation_text="都不好")
    put(status=ProposalStatus.REJECTED, evaluations=[rating(1, 4, "很好")])
    found = report()
    assert found.opinions[0].scores.counts == (0, 0, 0, 1, 0)
    assert found.opinions[0].remarks == ("很好",)
    assert found.from_workers == ()


def test_small_groups_are_not_told_apart(put: Put, report: Callable[[], Report]) -> None:
    for unit, channel, times in (
        ("殷行街道", IntakeChannel.WECHAT, 7),
        ("定海路街道", IntakeChannel.WECHAT, 5),
        ("某养老院", IntakeChannel.DEPARTMENT, 2),
    ):
        for _ in range(times):
            put(unit=unit, channel=channel, evaluations=[rating(3, 4)])
    opinion = report().opinions[2]
    assert [(group.title, group.scores.total) for group in opinion.units] == [
        ("殷行街道", 7),
        ("其余单位（合在一起）", 7),
    ]
    assert [(group.title, group.scores.total) for group in opinion.routes] == [("其余来源（合在一起）", 14)]


def test_words_are_told_without_numbers_of_people(put: Put, report: Callable[[], Report]) -> None:
    put(
        evaluations=[rating(2, 3, "请打13800000001")],
        evaluation_text="讲座多一些，电话021-25032214",
        unit="某养老院",
    )
    put(channel=IntakeChannel.DEPARTMENT, unit="权益保障部", evaluation_text="成效明显")
    put(channel=IntakeChannel.ORGANISATION, evaluation_text="建议继续")
    found = report()
    assert found.opinions[1].remarks == ("请打〔号码略〕",)
    assert found.from_workers == (Words("职工", "讲座多一些，电话〔号码略〕"),)
    assert found.from_forms == (Words("权益保障部", "成效明显"), Words("没有填写单位", "建议继续"))
