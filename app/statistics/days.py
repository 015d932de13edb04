"""What came in day by day, as the calendar of the campaign's zone has it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.campaigns.definition import PhaseWindow

LONGEST_SPAN = timedelta(days=92)


@dataclass(frozen=True)
class Day:
    date: date
    count: int


@dataclass(frozen=True)
class Days:
    """One day after another, those without anything too. `before`: what came in earlier than the first."""

    days: tuple[Day, ...] = ()
    before: int = 0

    @property
    def total(self) -> int:
        return sum(day.count for day in self.days)

    @property
    def busiest(self) -> Day | None:
        return max(self.days, key=lambda day: day.count, default=None)


def local_days(moments: Iterable[tuple[int, int]], zone: ZoneInfo) -> Counter[date]:
    """How many a day, as the calendar of `zone` has it, from (second since 1970, how many then)."""
    counts: Counter[date] = Counter()
    for second, count in moments:
        counts[datetime.fromtimestamp(second, zone).date()] += count
    return counts


def every_day(counts: Mapping[date, int], collecting: PhaseWindow, now: datetime, zone: ZoneInfo) -> Days:
    """From the first to the last day with anything, and while it is being collected from its opening until today.

    Of a long span the last days only.
    """
    first, last = _collected(collecting, now, zone)
    marks = [day for day, count in counts.items() if count]
    if not marks:
        marks = [first, last]
    elif first <= max(marks) and min(marks) <= last:  # else somebody collects by hand, in another year maybe
        marks += [first, last]
    start, end = min(marks), max(marks)
    start = max(start, end - LONGEST_SPAN + timedelta(days=1))
    days = tuple(Day(day, counts.get(day, 0)) for day in _through(start, end))
    return Days(days, before=sum(count for day, count in counts.items() if day < start))


def _collected(collecting: PhaseWindow, now: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last day of collecting by the calendar, as far as it has come."""
    assert collecting.opens_at is not None  # only publishing may lack a date
    end = min(now, collecting.closes_at - timedelta(seconds=1)) if collecting.closes_at else now
    first = collecting.opens_at.astimezone(zone).date()
    return first, max(first, end.astimezone(zone).date())


def _through(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
