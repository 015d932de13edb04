"""Forms come in many shapes: each says the same and is read alike."""

from datetime import date

import pytest

from app.proposals.intake.page import Row
from app.proposals.intake.paper import FormRead, Problem
from app.proposals.intake.reading import files
from app.proposals.intake.recogniser import recognise
from tests.app.proposals.intake.paper import (
    EVALUATION,
    FOOTER,
    ORGANISATION,
    OUTCOME,
    STRICT,
    SUMMARY,
    TITLE,
    VALUES,
    cell,
    docx,
    p,
    row,
    run,
    table,
)

ABOUT = date(2017, 11, 30)
WHOLE = table(TITLE, SUMMARY, OUTCOME, EVALUATION)


def rows(data: bytes, name: str = "表.docx") -> list[Row]:
    return files.rows(name, data)


def read(data: bytes, name: str = "表.docx") -> tuple[list[FormRead], list[Problem]]:
    return recognise(rows(data, name), ABOUT)


def only(data: bytes, name: str = "表.docx") -> dict[str, str | None]:
    """The values of the one form that is right."""
    forms, problems = read(data, name)
    assert problems == []
    (form,) = forms
    return dict(form.values)


def control(inner: str, placeholder: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{placeholder}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


def box(text: str) -> str:
    """As Word writes it: once for itself, once for older programs."""
    content = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    return (
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>"
        f"{content}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def field(shown: str) -> str:
    marks = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
    return (
        f"<w:r>{marks[0]}</w:r><w:r><w:instrText> DATE </w:instrText></w:r><w:r>{marks[1]}</w:r>"
        f"{run(shown)}<w:r>{marks[2]}</w:r>"
    )


SHAPES = {
    "as the notice prints it": (ORGANISATION, WHOLE, FOOTER),
    "values on the right": (
        ORGANISATION,
        table(
            TITLE,
            row("简介：", "请教练来园区，每周两次。"),
            row("预期目标或成效：", "一年五十次。"),
            row("对2017年度杨浦工会服务职工实事项目评估", "第2项很好。"),
        ),
        FOOTER,
    ),
    "values in the row below": (
        ORGANISATION,
        table(
            row("实事项目名称"),
            row("午间健身课"),
            row("简介"),
            row("请教练来园区，每周两次。"),
            row("预期目标或成效"),
            row("一年五十次。"),
            row("对2017年度杨浦工会服务职工实事项目评估"),
            row("第2项很好。"),
        ),
        FOOTER,
    ),
    "everything in the table": (
        table(
            row("行业、街镇、直属工会", "殷行街道总工会"),
            TITLE,
            SUMMARY,
            OUTCOME,
            EVALUATION,
            row("填表人", "张三", "联系电话", "13800001111", "填表日期", "2017.12.5"),
        ),
    ),
    "no table at all": (
        ORGANISATION,
        "一、实事项目名称：午间健身课",
        "二、简介：",
        "请教练来园区，每周两次。",
        "三、预期目标或成效：一年五十次。",
        "四、对2017年度杨浦工会服务职工实事项目评估：",
        "第2项很好。",
        "填表人：张三",
        "联系电话：13800001111",
        "填表日期：2017-12-05",
    ),
    "a table within a table": (table(row(cell(p(ORGANISATION), WHOLE, p(FOOTER)))),),
    "merged over columns and rows": (
        ORGANISATION,
        table(
            row("实事项目名称", cell("午间健身课", properties='<w:gridSpan w:val="3"/>')),
            row(cell("简介", properties='<w:vMerge w:val="restart"/>'), "请教练来园区，每周两次。"),
            row(cell("", properties="<w:vMerge/>"), ""),
            row(
                cell("预期目标或成效：", "一年五十次。", properties='<w:hMerge w:val="restart"/>'),
                cell("", properties='<w:hMerge w:val="continue"/>'),
            ),
            EVALUATION,
        ),
        FOOTER,
    ),
    "content controls": (
        control(p(ORGANISATION)),
        table(
            row("实事项目名称", cell(control(p("午间健身课")))),
            control(SUMMARY),
            row(cell(p("预期目标或成效："), p(control(run("一年五十次。"))))),
            EVALUATION,
        ),
        FOOTER,
    ),
    "text boxes": (p(box(ORGANISATION)), WHOLE, p(box(FOOTER))),
    "blanks, full width and underlines": (
        p("行业 、街镇 、直属工会 : ____殷行街道总工会____"),
        table(
            row("　实 事 项 目 名 称　：", "　午间健身课　"),
            row(cell("简 介 (可以从项目内容来阐述):　请教练来园区，每周两次。")),
            row(cell("预期目标　或成效 ： 一年五十次。")),
            row(cell("对 ２０１７ 年度杨浦工会服务职工实事项目评估(见附件３):第2项很好。")),
        ),
        p("填 表 人:张三 联 系 电 话:１３８　００００　１１１１ 填 表 日 期:二〇一七年十二月五日"),
    ),
    "in other words": (
        "推荐单位：殷行街道总工会",
        table(
            row("项目名称", "午间健身课"),
            row("项目内容", "请教练来园区，每周两次。"),
            row("预期成效", "一年五十次。"),
            row("评估意见", "第2项很好。"),
        ),
        "联系人：张三  联系方式：13800001111  日期：12月5日",
    ),
    "tracked changes": (
        p("行业、街镇、直属工会：", "<w:del><w:r><w:delText>旧的</w:delText></w:r></w:del>", "殷行街道总工会"),
        table(
            row("作废", "整行删去", properties="<w:del/>"),
            row(
                "实事项目名称",
                cell(
                    p(
                        "午间",
                        f"<w:ins>{run('健身')}</w:ins>",
                        f"<w:moveFrom>{run('搬走的')}</w:moveFrom>",
                        f"<w:moveTo>{run('课')}</w:moveTo>",
                    )
                ),
            ),
            SUMMARY,
            OUTCOME,
            EVALUATION,
        ),
        FOOTER,
    ),
    "links, fields, tabs and hidden words": (
        p("行业、街镇、直属工会：", f"<w:hyperlink>{run('殷行街道总工会')}</w:hyperlink>"),
        table(
            row("实事项目名称", cell(p("午间健身课", "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>"))),
            SUMMARY,
            OUTCOME,
            EVALUATION,
        ),
        p("填表人：张三", "<w:r><w:tab/></w:r>", "联系电话：13800001111", "<w:r><w:tab/></w:r>", "填表日期：")[:-6]
        + field("2017年12月5日")
        + "</w:p>",
    ),
    "lines broken within a paragraph": (
        ORGANISATION,
        table(
            TITLE,
            row(cell(p("简介：", "<w:r><w:br/></w:r>", "请教练来园区，每周两次。"))),
            row(cell(p("预期目标或成效：", "<w:r><w:br/></w:r>", "一年五十次。"))),
            EVALUATION,
        ),
        p(
            "填表人：张三",
            "<w:r><w:br/></w:r>",
            "联系电话：13800001111",
            "<w:r><w:cr/></w:r>",
            "填表日期：17.12.5",
        ),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_read_alike(shape: str) -> None:
    assert only(docx(*SHAPES[shape])) == VALUES


def test_the_strict_kind_of_word_file_and_one_with_macros_are_read_as_well() -> None:
    data = docx(*SHAPES["as the notice prints it"], namespace=STRICT)
    assert only(data, "表.docm") == VALUES


def test_headers_and_footers_are_part_of_a_form() -> None:
    def margin(text: str) -> str:
        return f'<w:hdr xmlns:w="{STRICT}">{p(text)}</w:hdr>'

    data = docx(WHOLE, header1=margin(ORGANISATION), header2=margin(ORGANISATION), footer1=margin(FOOTER))
    assert only(data) == VALUES


def test_an_invitation_to_write_is_no_answer() -> None:
    invited = control(p("单击此处输入文字。"), "<w:showingPlcHdr/>")
    forms, problems = read(docx(ORGANISATION, table(row("实事项目名称", cell(invited)), SUMMARY, OUTCOME), FOOTER))
    assert forms[0].values["title"] is None
    assert [(one.code, one.place) for one in problems] == [("missing_title", "第1个表格第1行第1格")]


def test_an_empty_name_takes_nothing_from_its_neighbours() -> None:
    for rest in (row("说明文字"), row("", "说明文字"), SUMMARY):
        forms, _ = read(docx(ORGANISATION, table(row("实事项目名称", ""), rest, SUMMARY, OUTCOME), FOOTER))
        assert forms[0].values["title"] is None


def test_side_headings_of_a_summary_stay_in_it() -> None:
    text = ["项目内容：请教练。", "预期效果：大家健康。", "联系电话：到时另行公布。"]
    values = only(docx(ORGANISATION, table(TITLE, row(cell("简介：", *text)), OUTCOME, EVALUATION), FOOTER))
    assert values == {**VALUES, "summary": "\n".join(text)}


def test_several_projects_share_what_is_written_once() -> None:
    second = table(row("实事项目名称", "第二个"), SUMMARY, OUTCOME)
    forms, problems = read(docx(ORGANISATION, WHOLE, second, FOOTER))
    assert problems == []
    assert [(one.values["title"], one.values["evaluation"], one.values["filler"]) for one in forms] == [
        ("午间健身课", "第2项很好。", "张三"),
        ("第二个", None, "张三"),
    ]
    assert {one.values["organisation"] for one in forms} == {"殷行街道总工会"}


def test_two_whole_forms_in_a_file_keep_apart() -> None:
    first = ("附件1", "2018年度征集表（一）", ORGANISATION, WHOLE, FOOTER)
    second = ("附件2", "2018年度征集表（二）", "区总工会机关部室：权益保障部", WHOLE, "填表人：李四")
    forms, problems = read(docx(*first, *second))
    assert problems == []
    assert [(one.kind, one.values["organisation"], one.values["filler"]) for one in forms] == [
        ("union", "殷行街道总工会", "张三"),
        ("department", "权益保障部", "李四"),
    ]


def test_a_list_in_a_table_has_one_project_a_row() -> None:
    listed = table(
        row("序号", "推荐单位", "实事项目名称", "简介", "预期目标或成效", "备注"),
        row(
            "1", cell("殷行街道总工会", properties='<w:vMerge w:val="restart"/>'), "健身课", "请教练", "五十次", ""
        ),
        row("2", cell("", properties="<w:vMerge/>"), "读书会", "每月一次", "十二次", ""),
        row("", "", "", "", "", ""),
        row("3", "权益保障部", "", "没有名称", "一次", ""),
    )
    forms, problems = read(docx("汇总表", listed))
    assert [(one.kind, one.values["organisation"], one.values["title"]) for one in forms] == [
        ("union", "殷行街道总工会", "健身课"),
        ("union", "殷行街道总工会", "读书会"),
        ("department", "权益保障部", None),
    ]
    assert [(one.code, one.place) for one in problems] == [("missing_title", "第1个表格第5行第3格")]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2017年12月5日", "2017-12-05"),
        ("２０１７．１２．０５", "2017-12-05"),
        ("2017/12/5", "2017-12-05"),
        ("20171205", "2017-12-05"),
        ("17-12-5", "2017-12-05"),
        ("二〇一七年十二月二十五日", "2017-12-25"),
        ("二○一七年十二月三十号", "2017-12-30"),
        ("12月5日", "2017-12-05"),
        ("1月5日", "2018-01-05"),
        ("2017-12-05 00:00:00", "2017-12-05"),
    ],
)
def test_dates_are_read_however_they_are_written(written: str, kept: str) -> None:
    assert only(docx(ORGANISATION, WHOLE, f"填表人：张三  填表日期：{written}"))["date"] == kept


@pytest.mark.parametrize(
    ("footer", "code", "said"),
    [
        ("填表人：张三  填表日期：2017年13月5日", "odd_date", "2017年13月5日"),
        ("填表人：张三  填表日期：年底前", "odd_date", "年底前"),
        ("填表人：张三  联系电话：微信联系", "odd_phone", "微信联系"),
        ("填表人：张三  联系电话：12345", "odd_phone", "12345"),
    ],
)
def test_what_cannot_be_read_is_asked_about_and_kept(footer: str, code: str, said: str) -> None:
    forms, problems = read(docx(ORGANISATION, WHOLE, footer))
    assert [(one.code, one.place) for one in problems] == [(code, "第2段")]
    assert said in problems[0].message
    assert said in forms[0].values.values()


@pytest.mark.parametrize(
    "phone", ["021-55552200转806", "13800001111/55556102", "(021)5555 2200", "+86 138 0000 1111"]
)
def test_telephones_keep_their_extension(phone: str) -> None:
    kept = only(docx(ORGANISATION, WHOLE, f"填表人：张三  联系电话：{phone}  填表日期：12月5日"))["phone"]
    assert kept == phone.replace(" ", "")


def test_a_blank_form_is_told_from_no_form() -> None:
    blank = table(row("实事项目名称", ""), row(cell("简介：")), row(cell("预期目标或成效：")))
    prose = ("关于做好征集的通知", "请各单位填写征集表，写明实事项目名称和简介，联系电话：25032214。")
    for blocks, code in (((ORGANISATION, blank, "填表人："), "blank_form"), (prose, "not_a_form")):
        forms, problems = read(docx(*blocks))
        assert (forms, [one.code for one in problems]) == ([], [code])
