"""Which days are told of, and where each begins, as the calendar of the campaign's zone has it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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

    days: tuple[Day, ...]
    before: int = 0

    @property
    def total(self) -> int:
        return sum(day.count for day in self.days)

    @property
    def busiest(self) -> Day:
        return max(self.days, key=lambda day: day.count)


def days_told(
    first: datetime | None, last: datetime | None, collecting: PhaseWindow, now: datetime, zone: ZoneInfo
) -> tuple[date, ...]:
    """Every day from the first to the last proposal and, while these are collected, from the opening until today.

    Of a long span the last days only. `first` and `last` are None when there is no proposal.
    """
    start, end = _collected(collecting, now, zone)
    if first is not None and last is not None:
        begun, ended = first.astimezone(zone).date(), last.astimezone(zone).date()
        if start <= ended and begun <= end:
            start, end = min(start, begun), max(end, ended)
        else:  # collected by hand, in another year maybe
            start, end = begun, ended
    start = max(start, end - LONGEST_SPAN + timedelta(days=1))
    return tuple(start + timedelta(days=number) for number in range((end - start).days + 1))


def midnights(days: Sequence[date], zone: ZoneInfo) -> list[datetime]:
    """Where each of these days begins, and where the last ends."""
    return [datetime.combine(day, time.min, zone) for day in (*days, days[-1] + timedelta(days=1))]


def _collected(collecting: PhaseWindow, now: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last day of collecting by the calendar, as far as it has come."""
    assert collecting.opens_at is not None  # only publishing may lack a date
    end = min(now, collecting.closes_at - timedelta(seconds=1)) if collecting.closes_at else now
    first = collecting.opens_at.astimezone(zone).date()
    return first, max(first, end.astimezone(zone).date())
