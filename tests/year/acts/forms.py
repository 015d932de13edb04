"""Forms on paper: forty Word files of unions and departments, taken in on two days."""

import io
from collections.abc import Sequence

from docx import Document

from tests.year.calendar import FORMS_DAY
from tests.year.cast import UNITS
from tests.year.office import CLERK, OWNER
from tests.year.show import CAMPAIGN, DATA, Show, Text, texts

FORMS = 28  # made of the blank form; with those of DATA that makes forty
CHANNELS = ("organisation", "department")
DEPARTMENTS = ("权益保障部", "宣传教育部", "女职工部", "基层工作部")

File = tuple[str, bytes]


async def play(show: Show) -> None:
    await show.stage.go_to(FORMS_DAY)
    blanks = {channel: await _blank(show, channel) for channel in CHANNELS}
    written = texts("corpus_second")[-FORMS:]
    made = [_filled(blanks, place, text) for place, text in enumerate(written)]
    given = [(path.name, path.read_bytes()) for path in sorted((DATA / "forms").glob("*.doc*"))]
    assert len(made) + len(given) == 40
    numbers = [*await _import(show, made), *await _import(show, given)]
    show.tale.of_forms = numbers
    show.tale.written_forms = {text.id: number for text, number in zip(written, numbers, strict=False)}
    await _look_around(show, written)
    show.tell(f"40 份 Word 征集表收进来 {len(numbers)} 份提案，读不懂的几份说明了原因，没有收")


async def _blank(show: Show, channel: str) -> bytes:
    """The form as it is handed out."""
    desk = await show.office.desk(CLERK)
    await desk.open(f"/console/exports/blank-{channel}.docx")
    return desk.here.content


def _filled(blanks: dict[str, bytes], place: int, text: Text) -> File:
    """As somebody fills it in with Word."""
    channel = CHANNELS[place % 4 == 3]
    unit = (
        DEPARTMENTS[place // 4 % len(DEPARTMENTS)] if channel == "department" else f"{UNITS[place % 12].name}工会"
    )
    document = Document(io.BytesIO(blanks[channel]))
    next(one for one in document.paragraphs if one.text.endswith("：")).add_run(unit)
    table = document.tables[0]
    table.rows[0].cells[1].text = text.title
    for row, said in zip(table.rows[1:], (text.summary, text.expected_outcome, "总体务实，盼继续。"), strict=True):
        row.cells[0].add_paragraph(said)
    last = next(one for one in document.paragraphs if one.text.startswith("填表人"))
    filler, phone = f"赵敏{'一二三四五六七'[place % 7]}", f"021-5555{place:04d}"
    last.text = f"填表人：{filler}  联系电话：{phone}  填表日期：2017年12月{place % 20 + 1}日"
    kept = io.BytesIO()
    document.save(kept)
    return f"{place + 1:02d}-{unit}征集表.docx", kept.getvalue()


async def _import(show: Show, files: Sequence[File]) -> list[str]:
    """Looked at first, then taken in: both say the same. The numbers, in the order of the files."""
    looked = await show.office.uploads(CLERK, "/forms", list(files), campaign=CAMPAIGN, dry_run="true")
    taken = await show.office.uploads(CLERK, "/forms", list(files), campaign=CAMPAIGN)
    assert [one["status"] for one in looked["files"]] == [one["status"] for one in taken["files"]]
    assert all(one["errors"] for one in taken["files"] if one["status"] != "import")
    return [form["number"] for one in taken["files"] if one["status"] == "import" for form in one["forms"]]


async def _look_around(show: Show, written: Sequence[Text]) -> None:
    found = {one["number"]: one for one in await show.office.all(OWNER, "/proposals")}
    for text in written:
        one = found[show.tale.written_forms[text.id]]
        assert (one["title"], one["summary"], one["expected_outcome"]) == (
            text.title,
            text.summary,
            text.expected_outcome,
        )
