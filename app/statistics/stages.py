"""Where a campaign stands: its stages one after another, and how many days are left. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.campaigns.dates import day, last_day
from app.campaigns.definition import CALENDAR, PhaseWindow
from app.campaigns.rules import PHASE_TITLES
from models.enums import PhaseKind

STAGE_NAMES = ("第一阶段", "第二阶段", "第三阶段", "第四阶段")


class Place(StrEnum):
    PAST = "past"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Stage:
    """`when` is what the calendar says; `remark` what that means today, for the present and the next stage."""

    name: str
    title: str
    place: Place
    when: str
    remark: str = ""


def stages(
    phases: Sequence[PhaseWindow], phase: PhaseKind, now: datetime, zone: ZoneInfo, *, by_hand: bool
) -> tuple[Stage, ...]:
    """`phase` is the one that holds, `by_hand` or by the calendar."""
    order = (PhaseKind.UPCOMING, *CALENDAR)
    return tuple(
        Stage(
            name,
            PHASE_TITLES[window.kind],
            place := _place(order.index(window.kind) - order.index(phase)),
            _when(window, zone),
            _remark(window, place, now, zone, by_hand=by_hand, is_next=phase is PhaseKind.UPCOMING),
        )
        for name, window in zip(STAGE_NAMES, phases, strict=True)
    )


def days_until(moment: datetime, now: datetime, zone: ZoneInfo) -> int:
    """How often midnight comes before that day."""
    return (moment.astimezone(zone).date() - now.astimezone(zone).date()).days


def _place(distance: int) -> Place:
    return Place.NOW if distance == 0 else Place.AHEAD if distance > 0 else Place.PAST


def _when(window: PhaseWindow, zone: ZoneInfo) -> str:
    if window.opens_at is None:
        return "日期未定"
    opens = day(window.opens_at, zone)
    return f"{opens}—{last_day(window.closes_at, zone)}" if window.closes_at else f"{opens}起"


def _remark(
    window: PhaseWindow, place: Place, now: datetime, zone: ZoneInfo, *, by_hand: bool, is_next: bool
) -> str:
    if place is Place.AHEAD and is_next and window.kind is CALENDAR[0] and window.opens_at:
        return f"还有 {days_until(window.opens_at, now, zone)} 天开始"
    if place is not Place.NOW:
        return ""
    if by_hand:
        return "人工设定，改回前一直有效"
    if window.closes_at is None:
        return "正在进行"
    left = days_until(window.closes_at - timedelta(seconds=1), now, zone)
    return f"还剩 {left} 天" if left else "今天是最后一天"
