"""The report as a table: every group and word in it, and no cell a formula."""

import csv
from pathlib import Path

from app.campaigns.definition import LastYearProject
from app.statistics.figures import Scores
from app.statistics.last_year import Group, Opinion, Report, Words
from app.statistics.sheets import HEADINGS, write

PROJECT = LastYearProject(1, "会员服务卡", "做实会员服务卡", ())
SCORES = Scores((0, 1, 0, 3, 4))
REPORT = Report(
    (Opinion(PROJECT, SCORES, (Group("职工（微信）", SCORES),), (), ("=1+1", "很好")),),
    (Words("权益保障部", "成效明显"),),
    (),
)


def test_what_stands_in_the_table(tmp_path: Path) -> None:
    write(REPORT, tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == [title for title, _ in HEADINGS]
    assert {len(row) for row in rows} == {len(HEADINGS)}
    numbers = ["8", "4.25", "4", "5", "0", "1", "0", "3", "4"]
    assert rows[0] == ["1", "会员服务卡", "全部", *numbers, ""]
    assert rows[1][2:12] == ["来源：职工（微信）", *numbers]
    assert [row[-1] for row in rows[2:]] == ["'=1+1", "很好", "成效明显"]
    assert rows[4][2] == "总的评价：权益保障部"


def test_nothing_said_leaves_no_numbers(tmp_path: Path) -> None:
    write(Report((Opinion(PROJECT, Scores(), (), (), ()),), (), ()), tmp_path / "report.csv")
    row = (tmp_path / "report.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert row == "1,会员服务卡,全部,0,,,,0,0,0,0,0,"
