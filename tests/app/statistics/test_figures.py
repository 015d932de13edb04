"""Scores, days, spans and stages: the arithmetic, against the plainest way to reckon the same."""

from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.definition import PhaseWindow
from app.statistics.days import LONGEST_SPAN, days_told, midnights
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


def told(first: datetime | None, last: datetime | None, now: datetime) -> tuple[date, ...]:
    return days_told(first, last, PHASES[0], now, SHANGHAI)


@given(st.dates(date(2017, 1, 1), date(2019, 1, 1)), st.integers(0, 100))
@pytest.mark.parametrize("zone", [SHANGHAI, KATHMANDU, ZoneInfo("America/St_Johns"), ZoneInfo("UTC")])
def test_each_day_reaches_from_its_midnight_to_the_next(zone: ZoneInfo, first: date, more: int) -> None:
    days = [first + timedelta(days=number) for number in range(more + 1)]
    edges = midnights(days, zone)
    assert [edge.astimezone(zone).date() for edge in edges[:-1]] == days
    assert [(edge - timedelta(microseconds=1)).astimezone(zone).date() for edge in edges[1:]] == days


def test_days_without_anything_are_told_too() -> None:
    days = told(at(2017, 12, 2, 8), at(2017, 12, 4), at(2017, 12, 5, 10))
    assert [day.day for day in days] == [30, 1, 2, 3, 4, 5]


def test_what_came_before_the_opening_is_told() -> None:
    days = told(at(2017, 11, 28, 23, 59), at(2017, 12, 1), at(2017, 12, 1, 10))
    assert (days[0], days[-1]) == (date(2017, 11, 28), date(2017, 12, 1))


def test_collecting_is_over_at_its_last_day() -> None:
    assert told(at(2017, 12, 2), at(2017, 12, 2), at(2018, 3, 1))[-1] == date(2017, 12, 25)


def test_before_the_first_proposal_the_days_of_collecting_stand_empty() -> None:
    assert told(None, None, at(2017, 12, 1, 9)) == (date(2017, 11, 30), date(2017, 12, 1))


def test_before_the_opening_there_is_its_day() -> None:
    assert told(None, None, at(2017, 11, 1)) == (date(2017, 11, 30),)


def test_collecting_by_hand_in_another_year_tells_of_that_year_alone() -> None:
    assert told(at(2026, 11, 22), at(2026, 11, 23), at(2026, 11, 24)) == (date(2026, 11, 22), date(2026, 11, 23))


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_a_chart_is_never_endless(start: int, length: int) -> None:
    first = at(2016, 1, 1) + timedelta(days=start)
    last = first + timedelta(days=length)
    days = told(first, last, at(2018, 3, 1))
    assert 1 <= len(days) <= LONGEST_SPAN.days
    assert days[-1] >= last.date()


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
        *("（021）25032214", "310110199001011234", "31011019900101123X", "6222020200112233445"),
        *("6222 0202 0011 2233 445", "一三八零零零零零零零一", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
    ],
)
def test_numbers_by_which_somebody_can_be_reached_are_taken_out(number: str) -> None:
    assert masked(f"请打{number}找我") == "请打〔号码略〕找我"


def test_addresses_of_mail_are_taken_out() -> None:
    assert masked("写到 wang.jianguo@example.test 就行") == "写到 〔邮箱略〕 就行"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("微信号abc_12345，加我", "微信号〔号码略〕，加我"),
        ("QQ：123456", "QQ：〔号码略〕"),
        ("我叫王建国，在环卫所", "我叫〔姓名略〕，在环卫所"),
        ("姓名：欧阳娜 电话随时", "姓名：〔姓名略〕 电话随时"),
        ("我是李芳。", "我是〔姓名略〕。"),
        ("本人赵敏来自长白新村", "本人〔姓名略〕来自长白新村"),
    ],
)
def test_who_introduces_themselves_stays_unknown(words: str, left: str) -> None:
    assert masked(words) == left


@pytest.mark.parametrize(
    "words",
    [
        "我是一线职工",
        "我是高级技师，想学",
        "我是安全员。",
        "我是江苏人，",
        "本人高度赞成",
        "用微信小程序",
        "一九九八年",
    ],
)
def test_who_tells_a_trade_is_understood(words: str) -> None:
    assert masked(words) == words


@pytest.mark.parametrize(
    "words", ["服务150000名会员", "投入500000元", "2017年12月1日", "2017-12-01", "8点到20点", ""]
)
def test_other_numbers_stay(words: str) -> None:
    assert masked(words) == words
