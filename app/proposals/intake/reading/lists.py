"""Lists: workbooks (.xlsx, .xls, .ods) and .csv, read as tables of rows."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from app.proposals.intake.page import Cell, Row
from app.proposals.intake.reading.refusals import Unreadable

MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MOST_SHEETS = 20_000, 500, 400_000, 50
LONGEST_CELL = 200_000  # characters
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
UNWRITTEN = re.compile("[\x00-\x08\x0e-\x1f]")
Value = int | float | str | bool | time | date | datetime | timedelta


def workbook_rows(data: bytes) -> list[Row]:
    """Every visible sheet that has something on it. Raises Unreadable."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = [sheet.name for sheet in book.sheets_metadata][:MOST_SHEETS]
        return [
            row for number, name in enumerate(sheets, 1) for row in _sheet(book.get_sheet_by_name(name), number)
        ]
    except (CalamineError, OSError, ValueError) as error:
        encrypted = "password" in str(error).casefold() or "encrypt" in str(error).casefold()
        raise Unreadable("encrypted" if encrypted else "damaged") from None


def csv_rows(data: bytes) -> list[Row]:
    """Raises Unreadable."""
    text = decoded(data)
    if UNWRITTEN.search(text):
        raise Unreadable("wrong_type")
    csv.field_size_limit(LONGEST_CELL)
    try:
        lines = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter(text)))
    except csv.Error:
        raise Unreadable("damaged") from None
    return list(_table(((number, line) for number, line in enumerate(lines, 1)), 0, 1, "", set()))


def _sheet(sheet: CalamineSheet, number: int) -> Iterator[Row]:
    if sheet.start is None or sheet.end is None:
        return
    (top, left), (bottom, right) = sheet.start, sheet.end
    high, wide = bottom - top + 1, right - left + 1
    if high > MOST_ROWS or wide > MOST_COLUMNS or high * wide > MOST_CELLS:
        raise Unreadable("too_large", f"“{sheet.name}”")
    lines = ((at, list(map(written, line))) for at, line in enumerate(sheet.iter_rows(), top + 1))
    yield from _table(lines, left, number, f"“{sheet.name}”", _merged(sheet))


def _merged(sheet: CalamineSheet) -> set[tuple[int, int]]:
    """Row from 1 and column from 0 of the cells that are merged with one above."""
    return {
        (row + 1, column)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if bottom - top <= MOST_ROWS and right - left <= MOST_COLUMNS
        for row in range(top + 1, bottom + 1)
        for column in range(left, right + 1)
    }


def _table(
    lines: Iterable[tuple[int, Sequence[str]]], left: int, number: int, sheet: str, merged: set[tuple[int, int]]
) -> Iterator[Row]:
    """Rows with something in them. `lines` are numbered as in the file; `left`: the column of the first cell."""
    for count, (at, line) in enumerate(lines):
        if count >= MOST_ROWS or len(line) > MOST_COLUMNS:
            raise Unreadable("too_large", f"{sheet}第{at}行")
        cells = [
            Cell(text, f"{sheet}第{at}行{_letters(column)}列", column, not text and (at, column) in merged)
            for column, text in enumerate(line, left)
        ]
        if any(cell.text.strip() for cell in cells):
            yield Row(tuple(cells), (number,))


def written(value: Value) -> str:
    """As a person would have written it: no time of day with a date, no point behind a whole number."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _letters(column: int) -> str:
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters, column = chr(ord("A") + letter) + letters, column - 1
    return letters


def decoded(data: bytes) -> str:
    """UTF-8 or, as Chinese spreadsheets save by default, GB18030; others by their mark."""
    marked = next((name for mark, name in MARKS if data.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("damaged")


def delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",\t;，", key=first.count) if any(mark in first for mark in ",\t;，") else ","
