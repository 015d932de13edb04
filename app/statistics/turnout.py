"""How many of each unit voted, where a register says who belongs to which; small groups are hidden. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.statistics.cells import Cell, fold

UNITS_SHOWN = 60
OTHERS = "其他单位（合在一起）"
NO_UNIT = "没有登记单位"


@dataclass(frozen=True)
class UnitTurnout:
    """`voted` of the `entries` of a unit."""

    title: str
    voted: int
    entries: int

    @property
    def part(self) -> float:
        return self.voted / self.entries if self.entries else 0.0


@dataclass(frozen=True)
class TurnoutByUnit:
    """`units` are those that may be shown, the largest first, and the others in one."""

    whole: UnitTurnout
    units: tuple[UnitTurnout, ...]


def turnout(stored: Iterable[Sequence[Any]]) -> TurnoutByUnit:
    """Of [unit, entries, voted] for each unit."""
    units = [UnitTurnout(title or NO_UNIT, voted, entries) for title, entries, voted in stored]
    folded = fold((Cell(one.title, (one.voted,)) for one in units), UNITS_SHOWN, OTHERS)
    entries = {one.title: one.entries for one in units}
    shown = [UnitTurnout(cell.title, cell.total, entries.pop(cell.title)) for cell in folded.shown]
    rest = [UnitTurnout(OTHERS, folded.rest.total, sum(entries.values()))] if folded.rest else []
    return TurnoutByUnit(_together("合计", units), (*shown, *rest))


def _together(title: str, units: Iterable[UnitTurnout]) -> UnitTurnout:
    units = list(units)
    return UnitTurnout(title, sum(one.voted for one in units), sum(one.entries for one in units))
