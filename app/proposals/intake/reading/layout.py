"""Where paragraphs of an old Word file stand: in a cell, at its end, at the end of a row, or outside of tables."""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum, auto

from app.proposals.intake.reading.refusals import Unreadable

PLAN = 0x0102  # in the file's head: where the table of paragraph properties is
PAGE = 512
BESIDE = 13  # bytes on a page for each run of paragraphs
IN_TABLE, ROW_END = 0x2416, 0x2417
OPERANDS = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}  # bytes, by the upper three bits of an instruction
CELL_END = "\x07"


class Mark(Enum):
    """What a paragraph is, by what ends it."""

    PARAGRAPH = auto()
    LINE = auto()  # of a cell that goes on
    CELL = auto()
    ROW = auto()


class Layout:
    """Properties by position in the file. Where a file has none, the marks themselves must tell."""

    def __init__(self, document: bytes, table: bytes) -> None:
        known = sorted(_properties(document, table))
        self._begins = [begin for begin, _, _ in known]
        self._known = known

    def mark(self, letter: str, position: int, written: str) -> Mark:
        at = bisect_right(self._begins, position) - 1
        known = self._known[at][2] if at >= 0 and position < self._known[at][1] else None
        if letter == CELL_END:
            return Mark.ROW if (ROW_END in known if known is not None else not written) else Mark.CELL
        return Mark.LINE if known and IN_TABLE in known else Mark.PARAGRAPH


def number_at(data: bytes, at: int, shape: str = "<I") -> int:
    """Raises Unreadable where the data ends before."""
    try:
        number: int = struct.unpack_from(shape, data, at)[0]
    except struct.error:
        raise Unreadable("damaged") from None
    return number


def _properties(document: bytes, table: bytes) -> Iterator[tuple[int, int, frozenset[int]]]:
    offset, size = number_at(document, PLAN), number_at(document, PLAN + 4)
    plan = table[offset : offset + size]
    count = (len(plan) - 4) // 8
    for index in range(count):
        where = (number_at(plan, 4 * (count + 1) + 4 * index) & 0x3F_FFFF) * PAGE
        if len(page := document[where : where + PAGE]) == PAGE:
            yield from _page(page)


def _page(page: bytes) -> Iterator[tuple[int, int, frozenset[int]]]:
    runs = page[-1]
    for run in range(runs):
        beside = 4 * (runs + 1) + BESIDE * run
        if beside >= PAGE:
            return
        begin, end = number_at(page, 4 * run), number_at(page, 4 * run + 4)
        yield begin, end, frozenset(_switches(_instructions(page, page[beside] * 2)))


def _instructions(page: bytes, at: int) -> bytes:
    """Behind their length, in words and in one of two ways, and the number of the style."""
    if at == 0 or at + 1 >= PAGE:
        return b""
    size, begin = (2 * page[at] - 1, at + 1) if page[at] else (2 * page[at + 1], at + 2)
    return page[begin + 2 : begin + size]


def _switches(instructions: bytes) -> Iterator[int]:
    """The instructions about tables that are turned on."""
    at = 0
    while at + 2 < len(instructions):
        (code,) = struct.unpack_from("<H", instructions, at)
        if code in (IN_TABLE, ROW_END) and instructions[at + 2]:
            yield code
        operand = OPERANDS.get(code >> 13)
        at += 2 + (operand if operand is not None else 1 + instructions[at + 2])
