"""The projects as a document for the plenary session: announcement, table, vote, and where they come from."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.styles.style import CharacterStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from app.campaigns.dates import day
from app.campaigns.definition import Definition
from app.projects.queries import Announced, Entry, Vote

BODY_FONT, TITLE_FONT, HEADING_FONT = "仿宋", "宋体", "黑体"
BODY_SIZE, TABLE_SIZE, TITLE_SIZE = Pt(14), Pt(10.5), Pt(20)
INDENT = Pt(28)  # two characters of the body
COLUMNS: Sequence[tuple[str, Length]] = (
    ("序号", Cm(1.2)),
    ("项目", Cm(2.8)),
    ("内容", Cm(5.4)),
    ("目标（指标）", Cm(3.4)),
    ("责任部门", Cm(2.2)),
    ("得票", Cm(1.8)),
)


def write(
    definition: Definition, shown: Announced, vote: Vote, handed_in: int, zone: ZoneInfo, path: Path
) -> None:
    """What is not released yet says so under its title."""
    document = _empty()
    _add_title(document.add_paragraph(), shown.title)
    if shown.released_at is None:
        document.add_paragraph("（讨论稿，尚未公布）").alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_words(document, shown.paragraphs, definition.organiser)
    if shown.released_at is not None:
        document.add_paragraph(day(shown.released_at, zone)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _add_heading(document, "一、项目、目标和责任部门")
    _add_table(document, shown.entries)
    _add_heading(document, "二、投票情况")
    _add_body(document, _voted(vote, zone))
    _add_heading(document, "三、项目从哪里来")
    _add_body(document, f"共收到提案 {handed_in:,} 份。各项目由以下提案而来：")
    for entry in shown.entries:
        _add_body(document, _grown(entry))
    document.save(str(path))


def _empty() -> DocumentType:
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.1)
    page.top_margin = page.bottom_margin = Cm(2.4)
    style = document.styles["Normal"]
    style.font.size = BODY_SIZE
    _use_font(style, BODY_FONT)
    return document


def _add_title(paragraph: Paragraph, title: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(title)
    run.bold, run.font.size = True, TITLE_SIZE
    _use_font(run, TITLE_FONT)


def _add_words(document: DocumentType, paragraphs: Iterable[str], organiser: str) -> None:
    """Who is spoken to stands at the left, who speaks at the right."""
    for number, words in enumerate(paragraphs):
        paragraph = document.add_paragraph(words)
        if words.strip() == organiser:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        elif number or not words.endswith("："):
            paragraph.paragraph_format.first_line_indent = INDENT


def _add_heading(document: DocumentType, words: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(12)
    _use_font(paragraph.add_run(words), HEADING_FONT)


def _add_body(document: DocumentType, words: str) -> None:
    document.add_paragraph(words).paragraph_format.first_line_indent = INDENT


def _add_table(document: DocumentType, entries: Iterable[Entry]) -> None:
    table = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    _fill(table, 0, [title for title, _ in COLUMNS], bold=True)
    _repeat_on_each_page(table)
    for place, entry in enumerate(entries, start=1):
        table.add_row()
        _fill(table, place, _cells(entry))


def _cells(entry: Entry) -> list[str]:
    targets = "\n".join(f"{one['title']}：{one['target']}" for one in entry.indicators)
    placing = entry.placing
    votes = f"{placing.votes:,} 票\n第 {placing.rank} 名" if placing else ""
    return [str(entry.number), entry.title, entry.summary, targets, entry.department or "", votes]


def _fill(table: Table, place: int, words: Sequence[str], *, bold: bool = False) -> None:
    row = table.rows[place]
    for cell, text, (_, width) in zip(row.cells, words, COLUMNS, strict=True):
        cell.width = width
        _write(cell, text, bold=bold)


def _write(cell: _Cell, text: str, *, bold: bool) -> None:
    run = cell.paragraphs[0].add_run(text)
    run.font.size, run.bold = TABLE_SIZE, bold


def _repeat_on_each_page(table: Table) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    properties.append(header)


def _voted(vote: Vote, zone: ZoneInfo) -> str:
    turnout = f"，在册 {vote.entitled:,} 人，参与率 {vote.voters / vote.entitled:.1%}" if vote.entitled else ""
    return (
        f"“{vote.title}”于{day(vote.closed_at, zone)}截止，{vote.candidates} 个候选项目，"
        f"{vote.voters:,} 位职工参加投票{turnout}。一人一票，改过的只算最后一张。"
    )


def _grown(entry: Entry) -> str:
    return f"{entry.number}. {entry.title}：{len(entry.numbers)} 份（{'、'.join(entry.numbers)}）"


def _use_font(style: CharacterStyle | Run, name: str) -> None:
    """For Chinese characters too, which have a font of their own."""
    style.font.name = name
    style.font.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
