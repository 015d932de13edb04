"""Tables as files, row by row, in memory that does not grow: .xlsx and .csv, in which no cell is a formula."""

import csv
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from app.errors import ShishiError

# A spreadsheet takes it for a formula, past leading blanks too; East Asian ones know full-width signs.
FORMULA = re.compile(r"[\t\r]|\s*[=+\-@＝＋－＠]")
LONGEST_CELL = 32_767  # characters, Excel's own limit
CUT = "……（以下略）"


class CannotWrite(ShishiError):
    code = "cannot_write"


class Sheet(Protocol):
    """A file being written; leaving it finishes the file."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def add(self, cells: Sequence[str]) -> None: ...


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
        self._page.freeze_panes(1, 0)
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
        self._book.close()

    def add(self, cells: Sequence[str]) -> None:
        for column, cell in enumerate(cells):
            style = self._marked if FORMULA.match(cell) else self._text
            self._page.write_string(self._rows, column, _fitting(cell), style)
        self._rows += 1


class Csv:
    """UTF-8 with the mark by which Excel knows it. A risky cell gets an apostrophe: there is no other way here."""

    def __init__(self, path: Path, headers: Sequence[str], _widths: Sequence[int]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
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


ENDINGS: Mapping[str, type[Xlsx] | type[Csv]] = MappingProxyType({".xlsx": Xlsx, ".csv": Csv})


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
