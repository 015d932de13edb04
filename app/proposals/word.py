"""Forms as Word documents: blank ones to fill in, and proposals as filled ones."""

from collections.abc import Iterable
from pathlib import Path

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.styles.style import CharacterStyle
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from app.campaigns.definition import Definition, Paper
from app.conversation.parsers import clean
from app.proposals.papers import BLANK, Filling, paper_of
from models.enums import IntakeChannel

BODY_FONT, TITLE_FONT = "仿宋", "宋体"
LABEL_WIDTH, VALUE_WIDTH = Cm(4.2), Cm(12.0)
BLANK_HEIGHTS = (Cm(1.2), Cm(8.5), Cm(4.5), Cm(5.0))  # of a form to be filled in by hand


def write(definition: Definition, forms: Iterable[tuple[IntakeChannel, Filling]], path: Path) -> int:
    """Write the forms to `path`, each on a page of its own. How many there were."""
    document, sheet = _empty(), _empty()  # adding to a long document is slow, so each form is made apart
    end = document.element.body.sectPr
    count = 0
    for channel, filling in forms:
        if count:
            sheet.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        _add(sheet, definition, paper_of(definition, channel), filling)
        for element in sheet.element.body[:-1]:
            end.addprevious(element)
        count += 1
    document.save(str(path))
    return count


def _empty() -> DocumentType:
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.4)
    page.top_margin = page.bottom_margin = Cm(2.2)
    style = document.styles["Normal"]
    style.font.size = Pt(12)
    _use_font(style, BODY_FONT)
    return document


def _add(document: DocumentType, definition: Definition, paper: Paper, filling: Filling) -> None:
    if paper.annex:
        document.add_paragraph(paper.annex)
    _add_title(document.add_paragraph(), paper.title)
    document.add_paragraph(f"{paper.proposer}：{_said(filling.proposer)}")
    _add_table(document, definition, filling)
    document.add_paragraph()
    document.add_paragraph(_last_line(definition, filling))
    if filling.number:
        document.add_paragraph(f"编号：{filling.number}")


def _add_title(paragraph: Paragraph, title: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(title)
    run.bold, run.font.size = True, Pt(18)
    _use_font(run, TITLE_FONT)


def _add_table(document: DocumentType, definition: Definition, filling: Filling) -> None:
    said = definition.wording
    sides = "、".join(definition.summary_sides)
    table = document.add_table(rows=4, cols=2, style="Table Grid")
    table.autofit = False
    first, *others = table.rows
    first.cells[0].width, first.cells[1].width = LABEL_WIDTH, VALUE_WIDTH
    first.cells[0].text, first.cells[1].text = said["title"].name, _said(filling.title)
    labels = (
        (f"{said['summary'].name}（可以从{sides}等相关方面来阐述）：", filling.summary),
        (f"{said['expected_outcome'].name}：", filling.expected_outcome),
        (f"{said['evaluation'].name}{definition.evaluation_note}：", filling.evaluation),
    )
    for row, (label, value) in zip(others, labels, strict=True):
        _fill(row.cells[0].merge(row.cells[1]), label, _said(value))
    if filling == BLANK:
        for row, height in zip(table.rows, BLANK_HEIGHTS, strict=True):
            _make_room(row, height)


def _fill(cell: _Cell, label: str, value: str) -> None:
    cell.text = label
    for line in value.split("\n") if value else ():
        cell.add_paragraph(line)


def _make_room(row: _Row, height: Cm) -> None:
    row.height, row.height_rule = height, WD_ROW_HEIGHT_RULE.AT_LEAST


def _last_line(definition: Definition, filling: Filling) -> str:
    on = filling.filled_on
    written = f"{on.year}年{on.month}月{on.day}日" if on else ""
    phone = definition.wording["phone"].name
    return f"填表人：{_said(filling.filler):<10}{phone}：{_said(filling.phone):<18}填表日期：{written}"


def _said(text: str) -> str:
    """Without what XML cannot carry."""
    return clean(text)


def _use_font(style: CharacterStyle | Run, name: str) -> None:
    """For Chinese characters too, which have a font of their own."""
    style.font.name = name
    style.font.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
