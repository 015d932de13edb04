"""The report of last year's projects as a table: a row for each project and group, then what people said."""

from collections.abc import Iterator
from pathlib import Path

from app.proposals.sheets import Csv
from app.statistics.figures import SCORES, Scores
from app.statistics.last_year import Opinion, Report

HEADINGS = (
    *(("序号", 8), ("项目", 24), ("范围", 24), ("评分人数", 10), ("平均分", 10)),
    *(("中间一半的最低分", 10), ("中间一半的最高分", 10)),
    *((f"打{score}分的人数", 10) for score in SCORES),
    ("说的话", 60),
)
NUMBERS = 4 + len(SCORES)  # cells between the group and the words


def write(report: Report, path: Path) -> None:
    """As .csv, in which no cell is a formula."""
    titles, widths = zip(*HEADINGS, strict=True)
    with Csv(path, titles, widths) as sheet:
        for row in rows(report):
            sheet.add(row)


def rows(report: Report) -> Iterator[list[str]]:
    for opinion in report.opinions:
        yield from _of_project(opinion)
    for words in (*report.from_forms, *report.from_workers):
        yield ["", "", f"总的评价：{words.by}", *[""] * NUMBERS, words.text]


def _of_project(opinion: Opinion) -> Iterator[list[str]]:
    project = [str(opinion.project.number), opinion.project.title]
    yield [*project, "全部", *_numbers(opinion.scores), ""]
    for kind, groups in (("来源", opinion.routes), ("单位", opinion.units)):
        for group in groups:
            yield [*project, f"{kind}：{group.title}", *_numbers(group.scores), ""]
    for remark in opinion.remarks:
        yield [*project, "评语", *[""] * NUMBERS, remark]


def _numbers(scores: Scores) -> list[str]:
    mean = "" if scores.mean is None else f"{scores.mean:.2f}"
    low, high = map(str, scores.middle_half or ("", ""))
    return [str(scores.total), mean, low, high, *map(str, scores.counts)]
