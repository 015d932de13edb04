"""Tables as files, row by row, in memory that does not grow: .xlsx and .csv, in which no cell is a formula."""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Protocol, Self

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from app.errors import ShishiError

# A spreadsheet takes it for a formula, past leading blanks too; East Asian ones know full-width signs.
FORMULA = re.compile(r"[\t\r]|\s*[=+\-@＝＋－＠]")
LONGEST_CELL = 32_767  # characters, Excel's own limit
ENCODINGS = ("utf-8-sig", "gb18030")
A4 = 9  # as Excel numbers paper
CUT = "……（以下略）"


class CannotWrite(ShishiError):
    code = "cannot_write"


class Sheet(Protocol):
    """A file being written; leaving it finishes the file. `sum_up` adds a page of figures if there can be one."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def add(self, cells: Sequence[str]) -> None: ...
    def sum_up(self, title: str, rows: Iterable[tuple[str, int | None]]) -> None: ...


class Xlsx:
    """Risky cells stay what they are and are marked as text, as if somebody had typed an apostrophe first."""

    def __init__(self, path: Path, headers: Sequence[str], widths: Sequence[int]) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "tmpdir": str(path.parent),
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._page = self._book.add_worksheet()
        self._text = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._marked = self._book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self._rows = 1
        self._columns = len(headers)
        self._set_up_print(self._page)
        for column, width in enumerate(widths):
            self._page.set_column(column, column, width)
        bold = self._book.add_format({"bold": True})
        for column, header in enumerate(headers):
            self._page.write_string(0, column, header, bold)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._page.autofilter(0, 0, max(self._rows - 1, 1), max(self._columns - 1, 0))
        self._book.close()

    def add(self, cells: Sequence[str]) -> None:
        for column, cell in enumerate(cells):
            style = self._marked if FORMULA.match(cell) else self._text
            self._page.write_string(self._rows, column, _fitting(cell), style)
        self._rows += 1

    def sum_up(self, title: str, rows: Iterable[tuple[str, int | None]]) -> None:
        """A second page; a row without a number is a heading."""
        page, bold = self._book.add_worksheet(title), self._book.add_format({"bold": True})
        page.set_column(0, 0, 30)
        for place, (name, number) in enumerate(rows):
            page.write_string(place, 0, name, bold if number is None else None)
            if number is not None:
                page.write_number(place, 1, number)

    def _set_up_print(self, page: Worksheet) -> None:
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        page.set_footer("&C第 &P 页，共 &N 页")


class Csv:
    """UTF-8 with the mark by which Excel knows it, or GB18030 for what knows no other.

    A risky cell gets an apostrophe: there is no other way here.
    """

    def __init__(
        self, path: Path, headers: Sequence[str], _widths: Sequence[int], encoding: str = ENCODINGS[0]
    ) -> None:
        self._file = path.open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, cells: Sequence[str]) -> None:
        self._writer.writerow([f"'{cell}" if FORMULA.match(cell) else cell for cell in cells])

    def sum_up(self, title: str, rows: Iterable[tuple[str, int | None]]) -> None:
        """There is one page only."""


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A place to write to, with the ending of `target`, which it becomes at once and only when all went well.

    Raises CannotWrite.
    """
    try:
        with TemporaryDirectory(dir=target.parent, prefix=".shishi-") as folder:
            unfinished = Path(folder) / f"unfinished{target.suffix}"
            yield unfinished
            os.replace(unfinished, target)
    except (OSError, XlsxWriterException) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise CannotWrite(f"写不了 {target}：{why}") from None


def _fitting(cell: str) -> str:
    """Excel would leave out a longer cell altogether."""
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - len(CUT)] + CUT
