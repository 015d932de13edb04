"""Scores, days, spans and stages: the arithmetic, against the plainest way to reckon the same."""

from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.definition import PhaseWindow
from app.statistics.days import LONGEST_SPAN, every_day, local_days
from app.statistics.figures import SCORES, Scores, histogram, lasting
from app.statistics.masking import masked
from app.statistics.stages import Place, days_until, stages
from models.enums import PhaseKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
KATHMANDU = ZoneInfo("Asia/Kathmandu")  # five and three quarters of an hour ahead
COUNTS = st.lists(st.integers(0, 40), min_size=5, max_size=5).map(tuple)


def at(*local: int) -> datetime:
    return datetime(*local, tzinfo=SHANGHAI)  # type: ignore[misc,arg-type]


PHASES = (
    PhaseWindow(PhaseKind.COLLECTING, at(2017, 11, 30), at(2017, 12, 26)),
    PhaseWindow(PhaseKind.SCREENING, at(2017, 12, 26), at(2018, 1, 21)),
    PhaseWindow(PhaseKind.OPINION, at(2018, 1, 21), None),
    PhaseWindow(PhaseKind.PUBLISHED, None, None),
)


@given(COUNTS)
def test_mean_and_middle_half_are_those_of_the_scores_one_by_one(counts: tuple[int, ...]) -> None:
    said = [score for score, count in zip(SCORES, counts, strict=True) for _ in range(count)]
    scores = Scores(counts)
    assert scores.total == len(said)
    if not said:
        assert scores.mean is None
        assert scores.middle_half is None
        assert scores.agreement == ""
        return
    assert scores.mean == pytest.approx(sum(said) / len(said))
    assert scores.middle_half == (said[ceil(len(said) / 4) - 1], said[ceil(len(said) * 3 / 4) - 1])


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 0, 0, 4, 6), "看法比较一致"),
        ((0, 4, 0, 6, 0), "看法有些不同"),
        ((5, 0, 0, 0, 5), "看法相差较大"),
        ((1, 0, 0, 0, 0), "看法比较一致"),
    ],
)
def test_how_far_apart_people_are(counts: tuple[int, ...], words: str) -> None:
    assert Scores(counts).agreement == words


def test_a_histogram_has_a_place_for_every_score() -> None:
    assert histogram({5: 2, 1: 1}) == (1, 0, 0, 0, 2)


@given(st.lists(st.integers(1_483_228_800, 1_546_300_800), max_size=30))  # the years 2017 and 2018
@pytest.mark.parametrize("zone", [SHANGHAI, KATHMANDU, ZoneInfo("America/St_Johns"), ZoneInfo("UTC")])
def test_quarters_of_an_hour_fall_into_the_right_day(zone: ZoneInfo, seconds: list[int]) -> None:
    moments = [datetime.fromtimestamp(second, UTC) for second in seconds]
    quarters = [(second // 900 * 900, 1) for second in seconds]
    expected: dict[date, int] = {}
    for one in moments:
        day = one.astimezone(zone).date()
        expected[day] = expected.get(day, 0) + 1
    assert dict(local_days(quarters, zone)) == expected


def test_days_without_anything_are_there_too() -> None:
    counts = {date(2017, 12, 2): 3, date(2017, 12, 4): 1}
    days = every_day(counts, PHASES[0], at(2017, 12, 5, 10), SHANGHAI)
    assert [(day.date.day, day.count) for day in days.days] == [(30, 0), (1, 0), (2, 3), (3, 0), (4, 1), (5, 0)]
    assert (days.total, days.before) == (4, 0)
    assert days.busiest is not None
    assert days.busiest.date == date(2017, 12, 2)


def test_collecting_is_over_at_its_last_day() -> None:
    days = every_day({date(2017, 12, 2): 1}, PHASES[0], at(2018, 3, 1), SHANGHAI)
    assert days.days[-1].date == date(2017, 12, 25)


def test_before_the_first_proposal_the_days_of_collecting_stand_empty() -> None:
    days = every_day({}, PHASES[0], at(2017, 12, 1, 9), SHANGHAI)
    assert [day.date for day in days.days] == [date(2017, 11, 30), date(2017, 12, 1)]
    assert days.total == 0


def test_collecting_by_hand_in_another_year_draws_that_year_alone() -> None:
    days = every_day({date(2026, 11, 22): 5}, PHASES[0], at(2026, 11, 23), SHANGHAI)
    assert [day.date for day in days.days] == [date(2026, 11, 22)]


@given(st.dictionaries(st.dates(date(2017, 1, 1), date(2019, 12, 31)), st.integers(1, 9)))
def test_no_proposal_is_lost_and_no_chart_endless(counts: dict[date, int]) -> None:
    days = every_day(counts, PHASES[0], at(2018, 3, 1), SHANGHAI)
    assert days.total + days.before == sum(counts.values())
    assert len(days.days) <= LONGEST_SPAN.days
    assert all(b.date - a.date == timedelta(days=1) for a, b in zip(days.days, days.days[1:], strict=False))


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "不到 1 分钟"),
        (timedelta(minutes=59), "59 分钟"),
        (timedelta(hours=23, minutes=59), "23 小时"),
        (timedelta(days=2), "2 天"),
        (timedelta(days=2, hours=5), "2 天 5 小时"),
    ],
)
def test_spans_as_people_say_them(span: timedelta, words: str) -> None:
    assert lasting(span) == words


def test_stages_say_where_the_campaign_stands() -> None:
    found = stages(PHASES, PhaseKind.SCREENING, at(2017, 12, 30, 12), SHANGHAI, by_hand=False)
    assert [stage.place for stage in found] == [Place.PAST, Place.NOW, Place.AHEAD, Place.AHEAD]
    assert [stage.title for stage in found] == ["征集推荐", "汇总梳理", "征求意见", "对外公布"]
    assert [stage.remark for stage in found] == ["", "还剩 21 天", "", ""]
    assert found[0].when == "2017年11月30日—2017年12月25日"
    assert found[3].when == "日期未定"


@pytest.mark.parametrize(
    ("now", "remark"),
    [
        (at(2017, 12, 1, 0), "还剩 24 天"),
        (at(2017, 12, 24, 23, 59), "还剩 1 天"),
        (at(2017, 12, 25, 0), "今天是最后一天"),
        (at(2017, 12, 25, 23, 59, 59), "今天是最后一天"),
    ],
)
def test_days_left_are_days_of_the_calendar(now: datetime, remark: str) -> None:
    assert stages(PHASES, PhaseKind.COLLECTING, now, SHANGHAI, by_hand=False)[0].remark == remark


def test_a_stage_set_by_hand_has_no_days_left() -> None:
    found = stages(PHASES, PhaseKind.COLLECTING, at(2026, 11, 22), SHANGHAI, by_hand=True)
    assert found[0].remark == "人工设定，改回前一直有效"


def test_before_the_first_stage_its_beginning_is_told() -> None:
    found = stages(PHASES, PhaseKind.UPCOMING, at(2017, 11, 25, 20), SHANGHAI, by_hand=False)
    assert found[0].remark == "还有 5 天开始"
    assert {stage.place for stage in found} == {Place.AHEAD}


def test_days_until_count_midnights() -> None:
    assert days_until(at(2017, 12, 30, 23, 59), at(2017, 12, 30, 0), SHANGHAI) == 0
    assert days_until(at(2017, 12, 30), at(2018, 1, 1), SHANGHAI) == -2


@pytest.mark.parametrize(
    "number",
    [
        *("13800000001", "138-0000-0001", "138 0000 0001", "１３８００００００００１", "25032214", "021-25032214"),
        *("（021）25032214", "310110199001011234", "31011019900101123X", "6222020200112233445"[:18]),
    ],
)
def test_numbers_by_which_somebody_can_be_reached_are_taken_out(number: str) -> None:
    assert masked(f"请打{number}找我") == "请打〔号码略〕找我"


def test_addresses_of_mail_are_taken_out() -> None:
    assert masked("写到 wang.jianguo@example.test 就行") == "写到 〔邮箱略〕 就行"


@pytest.mark.parametrize(
    "words", ["服务150000名会员", "投入500000元", "2017年12月1日", "2017-12-01", "8点到20点", ""]
)
def test_other_numbers_stay(words: str) -> None:
    assert masked(words) == words
