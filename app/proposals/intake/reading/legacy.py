"""Word files of 1997 to 2003 (.doc, also of WPS): the text by the piece table, its tables by their marks."""

import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import olefile

from app.proposals.intake.page import Cell, Row, paragraph
from app.proposals.intake.reading.layout import Layout, Mark, number_at
from app.proposals.intake.reading.refusals import Unreadable

WORD_97 = 0x00C1  # nFib: since then the text is Unicode and lies in pieces
ENCRYPTED, SECOND_TABLE = 0x0100, 0x0200
FLAGS, TEXT_LENGTH, PIECES = 0x0A, 0x4C, 0x01A2
COMPRESSED = 0x4000_0000
MOST_PIECES, MOST_CHARACTERS = 100_000, 2_000_000
ENDS = "\r\x07\x0c"
FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")  # its instruction, then what is shown
SIGNS = str.maketrans({"\x0b": "\n", "\x1e": "-", "\x1f": None, "\xa0": " "})


@dataclass(frozen=True)
class Piece:
    """A stretch of text and where its bytes are."""

    text: str
    begin: int
    width: int  # bytes a character


def rows(data: bytes) -> list[Row]:
    """Raises Unreadable."""
    document, table = _streams(data)
    pieces = _pieces(document, table)
    return list(_rows(_paragraphs(pieces, number_at(document, TEXT_LENGTH), Layout(document, table))))


def _streams(data: bytes) -> tuple[bytes, bytes]:
    """The document and its table of pieces."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as container:
            if container.exists("EncryptedPackage"):
                raise Unreadable("encrypted")
            if not container.exists("WordDocument"):
                raise Unreadable("wrong_type")
            document = container.openstream("WordDocument").read()
            flags = number_at(document, FLAGS, "<H")
            if flags & ENCRYPTED:
                raise Unreadable("encrypted")
            if number_at(document, 2, "<H") < WORD_97:
                raise Unreadable("unsupported_legacy_doc")
            return document, container.openstream("1Table" if flags & SECOND_TABLE else "0Table").read()
    except (OSError, IndexError, ValueError, struct.error):
        raise Unreadable("damaged") from None


def _pieces(document: bytes, table: bytes) -> list[Piece]:
    offset, size = number_at(document, PIECES), number_at(document, PIECES + 4)
    plan = _piece_table(table[offset : offset + size])
    count = (len(plan) - 4) // 12
    if count > MOST_PIECES or number_at(document, TEXT_LENGTH) > MOST_CHARACTERS:
        raise Unreadable("too_large")
    return [_piece(document, plan, index, count) for index in range(count)]


def _piece_table(complex_part: bytes) -> bytes:
    """Behind any number of formatting records, marked 1, there is the table, marked 2."""
    at = 0
    while complex_part[at : at + 1] == b"\x01":
        at += 3 + number_at(complex_part, at + 1, "<H")
    if complex_part[at : at + 1] != b"\x02":
        raise Unreadable("damaged")
    size = number_at(complex_part, at + 1)
    return complex_part[at + 5 : at + 5 + size]


def _piece(document: bytes, plan: bytes, index: int, count: int) -> Piece:
    length = number_at(plan, 4 * index + 4) - number_at(plan, 4 * index)
    where = number_at(plan, 4 * (count + 1) + 8 * index + 2)
    if not 0 <= length <= MOST_CHARACTERS:
        raise Unreadable("damaged")
    compressed = bool(where & COMPRESSED)
    begin, width = ((where & ~COMPRESSED) // 2, 1) if compressed else (where, 2)
    stored = document[begin : begin + width * length]
    if len(stored) < width * length:
        raise Unreadable("damaged")
    return Piece(stored.decode("cp1252" if compressed else "utf-16-le", "replace"), begin, width)


def _paragraphs(pieces: Sequence[Piece], length: int, layout: Layout) -> Iterator[tuple[str, Mark]]:
    """The main text, paragraph by paragraph, and what ends each; notes, headers and comments follow it."""
    written, taken = "", 0
    for piece in pieces:
        for at, letter in enumerate(piece.text[: length - taken]):
            if letter in ENDS:
                yield _plain(written), layout.mark(letter, piece.begin + at * piece.width, written)
                written = ""
            else:
                written += letter
        taken += len(piece.text)
    if taken < length or not pieces:
        raise Unreadable("damaged")
    yield _plain(written), Mark.PARAGRAPH


def _plain(text: str) -> str:
    """With what fields show, from the innermost outwards."""
    replaced = 1
    while replaced:
        text, replaced = FIELD.subn(lambda found: found[1] or "", text)
    return text.translate(SIGNS)


def _rows(paragraphs: Iterable[tuple[str, Mark]]) -> Iterator[Row]:
    number = tables = outside = 0
    lines: list[str] = []
    cells: list[Cell] = []
    for text, mark in paragraphs:
        if mark is Mark.PARAGRAPH:
            outside, number = outside + 1, 0
            yield paragraph(text, f"第{outside}段")
            continue
        tables, number = (tables, number) if number else (tables + 1, 1)
        if mark is Mark.ROW:
            yield Row(tuple(cells), (tables,))
            number, cells = number + 1, []
            continue
        lines.append(text)
        if mark is Mark.CELL:
            place = f"第{tables}个表格第{number}行第{len(cells) + 1}格"
            cells.append(Cell("\n".join(lines), place, len(cells)))
            lines = []
    if cells or lines:
        raise Unreadable("damaged")
