"""Where the columns of a chart stand: across in percent, upright in pixels, so that no letter is stretched."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.statistics.days import Day

HEIGHT, LABELS = 150, 18  # of the columns, and of what is written below them
TICKS = 6  # as many dates as fit on a phone
GAP = 0.2  # of a column's room
NEAR_EDGE = 6  # percent: a date this near would be cut off
STEPS = (2, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True)
class Column:
    x: float
    width: float
    height: int
    title: str


@dataclass(frozen=True)
class Tick:
    """`anchor` keeps the first and the last date inside."""

    x: float
    anchor: str
    title: str


@dataclass(frozen=True)
class Columns:
    columns: Sequence[Column]
    ticks: Sequence[Tick]
    top: int
    height: int = HEIGHT
    whole: int = HEIGHT + LABELS


def by_day(days: Sequence[Day]) -> Columns:
    room = 100 / len(days)
    top = scale(max(day.count for day in days))
    columns = [
        Column(
            x=round((place + GAP / 2) * room, 3),
            width=round((1 - GAP) * room, 3),
            height=_height(day.count, top),
            title=f"{short(day)}：{day.count} 份",
        )
        for place, day in enumerate(days)
    ]
    step = -(-len(days) // TICKS)
    ticks = [_tick((place + 0.5) * room, short(days[place])) for place in range(0, len(days), step)]
    return Columns(columns, ticks, top)


def share(part: int, whole: int) -> float:
    """In percent; of nothing, nothing."""
    return round(100 * part / whole, 2) if whole else 0.0


def scale(largest: int) -> int:
    """The next even, round number from `largest` up: it is halved for the line in the middle."""
    power = 1
    while True:
        for number in (step * power for step in STEPS):
            if number >= largest and number % 2 == 0:
                return number
        power *= 10


def short(day: Day) -> str:
    return f"{day.date.month}/{day.date.day}"


def _height(value: int, top: int) -> int:
    """What is there at all is seen."""
    return max(2, round(HEIGHT * value / top)) if value else 0


def _tick(x: float, title: str) -> Tick:
    anchor = "start" if x < NEAR_EDGE else "end" if x > 100 - NEAR_EDGE else "middle"
    return Tick(round({"start": 0.0, "middle": x, "end": 100.0}[anchor], 3), anchor, title)
