"""The form on which a unit gives its opinion without a computer: the candidates, boxes to tick, room to write."""

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.styles.style import CharacterStyle
from docx.table import Table
from docx.text.run import Run

from app.ballots.unit_rules import STANCE_TITLES
from app.campaigns.definition import Definition
from app.conversation.parsers import clean
from models import Candidate

BODY_FONT, TITLE_FONT = "仿宋", "宋体"
TICKS = "\n".join(f"□ {word}" for word in STANCE_TITLES.values())
COLUMNS: Sequence[tuple[str, Length]] = (
    ("号码", Cm(1.4)),
    ("候选项目", Cm(6.6)),
    ("态度（打√）", Cm(3.0)),
    ("意见和建议", Cm(5.8)),
)


def blank(definition: Definition, title: str, until: str, candidates: Sequence[tuple[int, Candidate]]) -> bytes:
    """`until` is when it must be back, in words; empty where that is open."""
    document = _empty()
    _add_title(document, f"{definition.organiser}实事项目征求意见表")
    document.add_paragraph("单位（盖章）：____________________　　经办人：____________　　电话：____________")
    back = f"请于{until}以前交回{definition.office.name}。" if until else f"请交回{definition.office.name}。"
    document.add_paragraph(
        f"“{clean(title)}”正在征求各级工会的意见。请以单位集体研究的意见填写，每一项都可以不填；"
        f"这是单位的意见，不是选票，不算在票数里。{back}联系电话 {definition.office.phone}。"
    )
    _add_table(document, candidates)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _empty() -> DocumentType:
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.1)
    page.top_margin = page.bottom_margin = Cm(2.0)
    style = document.styles["Normal"]
    style.font.size = Pt(12)
    _use_font(style, BODY_FONT)
    return document


def _add_title(document: DocumentType, words: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(words)
    run.bold, run.font.size = True, Pt(18)
    _use_font(run, TITLE_FONT)


def _add_table(document: DocumentType, candidates: Sequence[tuple[int, Candidate]]) -> None:
    table = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    _fill(table, [heading for heading, _ in COLUMNS], bold=True)
    _mark(table, "w:tblHeader")
    for number, one in candidates:
        table.add_row()
        _fill(table, [str(number), f"{clean(one.title)}\n{clean(one.summary)}", TICKS, ""])
        _mark(table, "w:cantSplit")


def _fill(table: Table, words: Sequence[str], *, bold: bool = False) -> None:
    """The last row."""
    for cell, text, (_, width) in zip(table.rows[-1].cells, words, COLUMNS, strict=True):
        cell.width = width
        run = cell.paragraphs[0].add_run(text)
        run.bold, run.font.size = bold, Pt(10.5)


def _mark(table: Table, name: str) -> None:
    """Say of the last row that it is repeated on each page, or stays on one."""
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    table.rows[-1]._tr.get_or_add_trPr().append(mark)


def _use_font(style: CharacterStyle | Run, name: str) -> None:
    """For Chinese characters too, which have a font of their own."""
    style.font.name = name
    style.font.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
