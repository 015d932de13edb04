"""Files of registers: .xlsx and .csv, read into rows. The file itself is not kept."""

import csv
from collections.abc import Iterable
from io import BytesIO, StringIO
from itertools import islice

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from app.ballots import register_rows
from app.ballots.register_rows import HEADING_WITHIN, Line, Roll
from app.errors import Invalid
from app.proposals.intake.reading.files import OLE, ZIP, check_parts
from app.proposals.intake.reading.lists import UNWRITTEN, decoded, delimiter, written
from app.proposals.intake.reading.package import Package
from app.proposals.intake.reading.refusals import Unreadable

LARGEST = 20 * 2**20
LARGEST_PART = 60 * 2**20  # the rows of a workbook, unpacked
MOST_ROWS, MOST_COLUMNS = 200_000, 100

WHY = {
    "encrypted": "文件加了密码，打不开。请去掉密码，另存一份再来。",
    "too_large": f"文件太大了，一份名册最多 20 MB、{MOST_ROWS // 10_000} 万行、{MOST_COLUMNS} 列。",
    "wrong_type": "这种文件读不了。名册请存成 .xlsx 表格，或者 .csv。",
}
DAMAGED = "文件损坏或者不完整，读不出来。请用表格软件打开另存一份，再试一次。"


def read(data: bytes) -> Roll:
    """Raises Invalid for a file that cannot be read, or is no register."""
    if not data:
        raise Invalid("这是一个空文件，请重新选择。")
    try:
        return register_rows.read(_lines(data))
    except Unreadable as why:
        raise Invalid(WHY.get(why.problem.code, DAMAGED)) from None


def _lines(data: bytes) -> list[Line]:
    if len(data) > LARGEST:
        raise Unreadable("too_large")
    if data.startswith(OLE):
        raise Unreadable("wrong_type")
    return _workbook(data) if data.startswith(ZIP) else _csv(data)


def _csv(data: bytes) -> list[Line]:
    text = decoded(data)
    if UNWRITTEN.search(text):
        raise Unreadable("wrong_type")
    try:
        return _limited(csv.reader(StringIO(text, newline=""), delimiter=delimiter(text)))
    except csv.Error:
        raise Unreadable("damaged") from None


def _workbook(data: bytes) -> list[Line]:
    """The one sheet that is a register, or the first of a workbook without any."""
    package = Package(data, LARGEST_PART)
    if "xl/workbook.xml" not in package:
        raise Unreadable("wrong_type")
    check_parts(package)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        registers = [sheet for sheet in sheets if _is_register(sheet)]
        if len(registers) > 1:
            titles = "、".join(f"“{sheet.name}”" for sheet in registers)
            raise Invalid(f"文件里有好几张名册：{titles}。请合成一张，其余的删掉再来。")
        return _sheet((registers or sheets)[0])
    except (CalamineError, OSError, ValueError, IndexError):
        raise Unreadable("damaged") from None


def _is_register(sheet: CalamineSheet) -> bool:
    top = islice(sheet.iter_rows(), HEADING_WITHIN) if sheet.start is not None else ()
    return register_rows.columns_in((0, list(map(written, row))) for row in top) is not None


def _sheet(sheet: CalamineSheet) -> list[Line]:
    above = sheet.start[0] if sheet.start else 0
    return _limited((list(map(written, row)) for row in sheet.iter_rows()), above) if sheet.start else []


def _limited(rows: Iterable[list[str]], above: int = 0) -> list[Line]:
    lines: list[Line] = list(islice(enumerate(rows, above + 1), MOST_ROWS + HEADING_WITHIN + 1))
    if len(lines) > MOST_ROWS + HEADING_WITHIN or any(len(cells) > MOST_COLUMNS for _, cells in lines):
        raise Unreadable("too_large")
    return lines
