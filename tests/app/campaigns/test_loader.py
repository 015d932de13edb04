"""The campaign file: that of 2018 says what the notice says; a bad one is told every mistake and its line."""

from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.definition import QUESTION_KEYS, Definition
from app.campaigns.loader import BadCampaignFile, from_json, load_toml, to_json
from tests.app.campaigns.conftest import FILE

SHANGHAI = ZoneInfo("Asia/Shanghai")


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadCampaignFile) as caught:
        load_toml(text)
    return caught.value.problems


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_2018_has_the_calendar_of_the_notice(definition: Definition) -> None:
    assert (definition.key, definition.year) == ("2018", 2018)
    opens = [phase.opens_at for phase in definition.phases]
    assert opens == [
        datetime(2017, 11, 30, tzinfo=SHANGHAI),
        datetime(2017, 12, 26, tzinfo=SHANGHAI),
        datetime(2018, 1, 21, tzinfo=SHANGHAI),
        None,
    ]
    assert [phase.closes_at for phase in definition.phases] == [*opens[1:], None]
    assert definition.draft_grace == timedelta(hours=24)
    assert definition.milestones[0].due_at.date().isoformat() == "2017-12-30"


def test_2018_has_the_seven_categories_and_the_criteria(definition: Definition) -> None:
    titles = [category.title for category in definition.categories]
    assert titles == ["维权服务", "生活服务", "健康服务", "教育培训", "文体娱乐", "帮扶救助", "农民工关爱"]
    kinds = {
        kind: [one.title for one in definition.criteria if one.kind == kind] for kind in ("principle", "criterion")
    }
    assert kinds["principle"] == ["普惠职工", "当年见效", "量化评估", "网上延伸"]
    assert kinds["criterion"] == ["普遍性", "代表性", "操作性", "长效性"]
    assert any("常规工作" in one.text for one in definition.criteria if one.kind == "requirement")


def test_2018_has_last_years_projects_with_their_figures(definition: Definition) -> None:
    assert [project.number for project in definition.last_year] == list(range(1, 11))
    for project in definition.last_year:
        for indicator in project.indicators:
            written = {str(indicator.target), f"{indicator.target // 10000}万"}
            assert any(figure in project.text for figure in written), (project.number, indicator)


def test_2018_words_every_question_in_the_words_of_the_form(definition: Definition) -> None:
    assert tuple(definition.wording) == QUESTION_KEYS
    for key in ("title", "summary", "expected_outcome", "evaluation", "unit", "name", "phone"):
        assert definition.wording[key].name in definition.wording[key].prompt, key
    assert definition.office.name == "区总工会办公室"


def test_a_definition_survives_storing(definition: Definition) -> None:
    assert from_json(to_json(definition)) == definition


def test_every_mistake_is_told_with_its_line(text: str) -> None:
    bad = (
        text.replace("opens_at = 2017-12-26T00:00:00", "open_at = 2017-12-26T00:00:00")
        .replace("target = 30,", 'target = "30",')
        .replace('key = "health"', 'key = "rights"')
        .replace('phone = "25032214"', "phone = 25032214")
        .replace("[wording.unit]", "[wording.units]")
    )
    found = problems(bad)
    assert (line_of(bad, "phone = 25032214"), "phone 要写成带引号的文字，不能空着，最多2000个字") in found
    assert (line_of(bad, "[phases.screening]"), "缺少 opens_at") in found
    assert (line_of(bad, "open_at ="), "不认识 open_at，是不是想写 opens_at") in found
    assert (line_of(bad, 'title = "健康服务"') - 1, "key 和前面的重复了：rights") in found
    assert (line_of(bad, 'target = "30"'), "target 要写成数字，不带引号，不小于0") in found
    assert (line_of(bad, "[wording.consent]"), "缺少 unit") in found
    assert (line_of(bad, "[wording.units]"), "不认识 units，是不是想写 unit") in found
    assert len(found) == 7


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2018-01-21T00", "2017-12-01T00", "opinion 要在 screening 之后开始"),
        ("2018-01-21T00:00:00", "2017-12-26", "opinion 要在 screening 之后开始"),
        ("2018-01-21T00:00:00", "2081-01-21", "opinion 开始的日期离 2018 年太远了"),
        ("2018-01-21T00:00:00", '"一月下旬"', "opens_at 要写成日期和时间，不带引号，例如 2017-11-30T00:00:00"),
        ("2018-01-21T00:00:00", "2018-02-30", "没有这个日期"),
        ('kind = "requirement"', 'kind = "wish"', "kind 只能是 principle、criterion、requirement 之一"),
        ("draft_grace_hours = 24", "draft_grace_hours = -1", "draft_grace_hours 要写成数字，不带引号，不小于0"),
        ("draft_grace_hours = 24", "draft_grace_hours = 1e9", "draft_grace_hours 最多 744 小时"),
        ("draft_grace_hours = 24", "draft_grace_hours = nan", "draft_grace_hours 要写成数字，不带引号，不小于0"),
        ("year = 2018", "year = 18", "year 要写成四位数的年份"),
        ("year = 2018", "year = true", "year 要写成大于0的整数"),
        ('key = "2018"', 'key = "二〇一八"', "key 要写成带引号的小写英文字母"),
        ('title = "生活服务"', 'title = "维权服务"', "title 和前面的重复了：维权服务"),
        ("number = 2\n", "number = 1\n", "number 要从 1 起挨个编号，这里应当是 2，不是 1"),
        ("number = 10\n", "number = 12\n", "number 要从 1 起挨个编号，这里应当是 10，不是 12"),
        ('unit = "门"', 'unit = ""', "unit 要写成带引号的文字"),
        ('name = "姓名"', 'name = "姓\\u0000名"', "name 要写成带引号的文字"),
        ('"经费来源"', "5", "summary_sides 要写成方括号里的一串文字"),
        ('key = "2018"', 'key = "2018', "文字缺少收尾的引号"),
        ('key = "2018"', 'key = "20\\18"', "引号里的反斜杠要写成两个"),
        ("year = 2018", "year = 2018 年", "这一行后面多了内容"),
        ("year = 2018", "year = 二〇一八", "等号后面写得不对，文字要加引号"),
        ("year = 2018", "year = " + "[" * 3000, "这里的写法不合 TOML 的格式"),
        ("year = 2018", "year = " + "1" * 5000, "这里的写法不合 TOML 的格式"),
        ("year = 2018", "year = 2018\nyear = 2019", "这个名称前面已经写过了"),
        ("[office]", "[office]\nname = 1\n[office]", "这个表前面已经写过了"),
        ("year = 2018", "year 2018", "名称后面缺少等号"),
    ],
)
def test_a_mistake_gets_one_sentence_about_it(text: str, old: str, new: str, sentence: str) -> None:
    assert old in text
    found = problems(text.replace(old, new, 1))
    assert any(said.startswith(sentence) for _line, said in found), found


def test_an_empty_file_is_told_what_it_lacks() -> None:
    said = [sentence for _line, sentence in problems("")]
    assert "缺少 key" in said
    assert "缺少 phases" in said


def test_scalars_in_place_of_tables_are_told_not_raised() -> None:
    said = [
        sentence for _line, sentence in problems("phases = 3\ncategories = [1, 2]\nwording = []\noffice.name = 1")
    ]
    assert "phases 要写成一个表" in said
    assert said.count("categories 里的每一项都要写成表") == 2 or "categories 里的每一项都要写成表" in said


def test_dates_are_meant_in_the_zone_that_was_given(text: str) -> None:
    tokyo = load_toml(text, ZoneInfo("Asia/Tokyo"))
    assert tokyo.phases[0].opens_at == datetime(2017, 11, 29, 23, tzinfo=SHANGHAI)


LINES = FILE.read_text(encoding="utf-8").splitlines()
MISTAKES = [
    "",
    "x",
    "= 1",
    "[phases]",
    "[[categories]]",
    "key = 1",
    "opens_at = 1",
    "title = []",
    'kind = ""',
    "a.b = {}",
]


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(MISTAKES)), min_size=1, max_size=4))
def test_whatever_is_wrong_is_told_and_never_raised(mistakes: list[tuple[int, str]]) -> None:
    lines = list(LINES)
    for number, mistake in mistakes:
        lines[number] = mistake
    with suppress(BadCampaignFile):
        assert load_toml("\n".join(lines)).year == 2018


@given(st.text())
def test_any_text_is_told_what_it_lacks(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line, _sentence in problems(text))
