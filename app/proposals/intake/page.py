"""What every format is read into: rows of cells in reading order, each cell with its place. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """`column` counts from 0 on the table's grid; `continued`: merged with the cell above, whose text counts."""

    text: str
    place: str
    column: int = 0
    continued: bool = False


@dataclass(frozen=True)
class Row:
    """`table` is the way to its table, longer for a nested one; a paragraph outside tables is a row in ()."""

    cells: tuple[Cell, ...]
    table: tuple[int, ...] = ()


def paragraph(text: str, place: str) -> Row:
    return Row((Cell(text, place),))
