"""Groups that are too small to be shown: folded together until nobody can be told from the others. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SMALLEST = 5  # of fewer nothing is told
FEWEST_FOLDED = 2  # of one alone, what is hidden would be the total less what is shown


@dataclass(frozen=True)
class Cell:
    """A group by its title, and how many of it said each thing: one number where nothing was to be chosen from."""

    title: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Folded:
    """`shown` are the largest, the largest first; `rest` is all others in one. Neither: there was too little."""

    shown: tuple[Cell, ...] = ()
    rest: Cell | None = None

    @property
    def rows(self) -> tuple[Cell, ...]:
        return (*self.shown, self.rest) if self.rest else self.shown

    @property
    def longest(self) -> int:
        return max((cell.total for cell in self.rows), default=0)


def fold(cells: Iterable[Cell], top: int, rest: str) -> Folded:
    """At most `top` cells as they are, and the others, every small one among them, in one cell named `rest`.

    When the small ones are too few to hide one another, the smallest of the others goes with them.
    """
    ordered = sorted(cells, key=lambda cell: (-cell.total, cell.title))
    hidden = [cell for cell in ordered if 0 < cell.total < SMALLEST]
    shown = [cell for cell in ordered if cell.total >= SMALLEST]
    while hidden and shown and not _hides(hidden):
        hidden.append(shown.pop())
    if hidden and not _hides(hidden):
        return Folded()
    hidden += shown[top:]
    return Folded(tuple(shown[:top]), _together(hidden, rest) if hidden else None)


def _hides(cells: Sequence[Cell]) -> bool:
    return len(cells) >= FEWEST_FOLDED and sum(cell.total for cell in cells) >= SMALLEST


def _together(cells: Sequence[Cell], title: str) -> Cell:
    return Cell(title, tuple(map(sum, zip(*(cell.counts for cell in cells), strict=True))))
