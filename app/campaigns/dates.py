"""Dates as people in the campaign's zone say them. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日"


def moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{day(at, zone)}{at.astimezone(zone):%H:%M}"


def last_day(end: datetime, zone: ZoneInfo) -> str:
    """The last day of a span that ends just before `end`."""
    return day(end - timedelta(seconds=1), zone)


def until(end: datetime, zone: ZoneInfo) -> str:
    """The end of a span as people say it: midnight belongs to the day before."""
    local = end.astimezone(zone)
    return f"{last_day(end, zone)}24:00" if local.hour == local.minute == local.second == 0 else moment(end, zone)
