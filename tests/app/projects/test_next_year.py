"""The fragment for next year's campaign file: the loader takes it as it is."""

import re

import pytest

from app.campaigns.loader import load_toml
from app.projects.next_year import read_amount, toml
from app.projects.rules import ProjectText
from tests.fixtures.service import CAMPAIGN_FILE

PROJECTS = (
    ProjectText(
        '“接力站”\\建"30"个',
        "在工地旁边\n建站。\x7f\t",
        None,
        (
            {"title": "接力站", "target": "30个"},
            {"title": "服务", "target": "约 1.5 万人次"},
            {"title": "满意率", "target": "不低于 95%"},
            {"title": "时间", "target": "晚上8点到10点"},
            {"title": "接力站", "target": "5 个"},
        ),
    ),
    ProjectText("职工书屋", "换书、借书", "宣教部", ()),
    ProjectText(
        "夜校", "晚上上课", None, ({"title": "听课人次", "target": "500"}, {"title": "课", "target": "9"})
    ),
    ProjectText("热线", "有人接", None, ({"title": "时间", "target": "全天"},)),
)


@pytest.mark.parametrize(
    ("target", "amount"),
    [
        ("3000 人次", (3000, "人次")),
        ("3,000人次", (3000, "人次")),
        ("500", (500, "")),
        ("约2万名", (20_000, "名")),
        ("1.5 万", (15_000, "")),
        ("2.5 次", (2.5, "次")),
        ("不少于 20 场以上", (20, "场")),
        ("晚上8点", None),
        ("10—20 场", None),
        ("每月 1 次", None),
        ("明显提高", None),
        ("", None),
    ],
)
def test_amounts_are_read_and_nothing_else(target: str, amount: tuple[float, str] | None) -> None:
    assert read_amount(target) == amount


def test_next_years_file_takes_the_fragment() -> None:
    fragment = toml(PROJECTS, "2018年度杨浦工会服务职工实事项目")
    file = CAMPAIGN_FILE.read_text(encoding="utf-8")
    begin, end = file.index("[[last_year]]"), file.index("# ── 征集表：")
    definition = load_toml(file[:begin] + fragment + file[end:])
    first, second, third, fourth = definition.last_year
    assert (first.number, first.title, first.text) == (1, '“接力站”\\建"30"个', "在工地旁边 建站。")
    assert [(one.name, one.target, one.unit) for one in first.indicators] == [
        ("接力站", 30, "个"),
        ("服务", 15_000, "人次"),
        ("满意率", 95, "%"),
    ]
    assert [one.unit for one in third.indicators] == ["人次", "项"]
    assert second.indicators == fourth.indicators == ()
    assert len(re.findall("# 请改写成数字：", fragment)) == 3
