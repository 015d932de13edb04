"""Lists in workbooks and text files: one proposal a row, each mistake with its cell."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from app.proposals.intake.paper import FormRead, Problem
from app.proposals.intake.reading import files
from app.proposals.intake.recogniser import recognise
from app.proposals.sheets import Csv, Xlsx
from tests.app.proposals.intake.paper import VALUES

HEADINGS = [
    "序号",
    "推荐单位",
    "实事项目名称",
    "简介",
    "预期目标或成效",
    "填表人",
    "联系电话",
    "填表日期",
    "评估意见",
]
FIRST = [1, "殷行街道总工会", "午间健身课", "请教练来园区，每周两次。", "一年五十次。", "张三", 13800001111]
LINE = [*map(str, FIRST), "2017/12/5", "第2项很好。"]


def read(name: str, data: bytes) -> tuple[list[FormRead], list[Problem]]:
    return recognise(files.rows(name, data), date(2017, 11, 30))


def workbook(*lines: Sequence[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in lines:
        book.active.append(list(line))
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_with_a_title_above_its_headings() -> None:
    line = [*FIRST, date(2017, 12, 5), "第2项很好。"]
    data = saved(workbook(["2018年度实事项目汇总表"], [], [*HEADINGS], line, [None] * 9, ["合计", 1]))
    forms, problems = read("汇总.xlsx", data)
    assert problems == []
    assert [dict(form.values) for form in forms] == [VALUES]


def test_every_mistake_is_told_with_its_cell() -> None:
    lines = [[*map(str, FIRST), "2017/12/5"] for _ in range(3)]
    lines[0][2], lines[1][3], lines[2][6] = "", "", "见名片"
    forms, problems = read("汇总.xlsx", saved(workbook([*HEADINGS], *lines)))
    assert len(forms) == 3
    assert [(one.code, one.place) for one in problems] == [
        ("missing_title", "“Sheet”第2行C列"),
        ("missing_summary", "“Sheet”第3行D列"),
        ("odd_phone", "“Sheet”第4行G列"),
    ]


def test_a_unit_merged_over_its_projects_holds_for_each() -> None:
    book = workbook([*HEADINGS], [*LINE], [2, None, "读书会", "每月一次", "十二次"])
    assert book.active is not None
    book.active.merge_cells("B2:B3")
    forms, problems = read("汇总.xlsx", saved(book))
    assert problems == []
    assert [form.values["organisation"] for form in forms] == ["殷行街道总工会"] * 2


def test_the_form_itself_may_be_a_sheet() -> None:
    lines = [
        ["2018年度杨浦工会服务职工实事项目征集表（二）"],
        ["区总工会机关部室：权益保障部"],
        ["实事项目名称", "上门体检"],
        ["简介", "走访小微企业"],
        ["预期目标或成效", "一百家"],
        ["填表人：张三  联系电话：13800001111  填表日期：2017.12.5"],
    ]
    [form], problems = read("附件2.xlsx", saved(workbook(*lines)))
    assert problems == []
    assert (form.kind, form.values["organisation"], form.values["title"]) == (
        "department",
        "权益保障部",
        "上门体检",
    )
    assert (form.values["filler"], form.values["date"]) == ("张三", "2017-12-05")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_in_the_encodings_that_spreadsheets_write(encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(line) for line in (HEADINGS, LINE))
    [form], problems = read("清单.csv", text.encode(encoding))
    assert (dict(form.values), problems) == (VALUES, [])


@pytest.mark.parametrize(("kind", "ending"), [(Xlsx, "xlsx"), (Csv, "csv")])
def test_the_headings_of_our_own_summary_are_understood(tmp_path: Path, kind: type[Xlsx], ending: str) -> None:
    headings = "编号 来源 状态 类别 实事项目名称 简介 预期目标或成效 对2017年度杨浦工会服务职工实事项目评估"
    headings += " 单位 行业/工种 姓名 联系电话 图片 提交时间"
    values = (
        "SS2018-0001 机关部室 已提交 健康服务 健身课 请教练 五十次 很好 权益保障部 - 张三 13800001111 - 2017-12-01"
    )
    path = tmp_path / f"summary.{ending}"
    with kind(path, headings.split(), [10] * 14) as sheet:
        sheet.add(values.split())
    [form], problems = read(path.name, path.read_bytes())
    assert problems == []
    assert form.values == {
        "organisation": "权益保障部",
        "title": "健身课",
        "summary": "请教练",
        "expected_outcome": "五十次",
        "evaluation": "很好",
        "filler": "张三",
        "phone": "13800001111",
        "date": None,
    }


def test_what_workers_proposed_is_not_taken_for_a_union_s() -> None:
    lines = [["来源", "实事项目名称", "简介", "预期目标或成效", "单位"]]
    lines += [
        ["职工网上提案", "健身课", "请教练", "五十次", "某厂"],
        ["行业、街镇、直属工会", "读书会", "每月", "十二次", "某处"],
    ]
    forms, problems = read("汇总.xlsx", saved(workbook(*lines)))
    assert [(form.kind, form.values["title"]) for form in forms] == [("union", "读书会")]
    assert [(one.code, one.place) for one in problems] == [("from_chat", "“Sheet”第2行A列")]
