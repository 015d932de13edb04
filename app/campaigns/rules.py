"""Phases: which one it is, what each allows, and the grace for drafts begun in time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from app.campaigns.definition import CALENDAR, PhaseWindow
from app.errors import Conflict, Invalid
from models.enums import PhaseKind

AUTO = "auto"

PHASE_TITLES: Mapping[PhaseKind, str] = MappingProxyType(
    {
        PhaseKind.UPCOMING: "尚未开始",
        PhaseKind.COLLECTING: "征集推荐",
        PhaseKind.SCREENING: "汇总梳理",
        PhaseKind.OPINION: "征求意见",
        PhaseKind.PUBLISHED: "对外公布",
    }
)


class PhaseClosed(Conflict):
    """The phase of the campaign does not allow this."""

    code = "phase_closed"


@dataclass(frozen=True)
class Allowed:
    propose: bool = False  # begin a proposal and hand it in
    amend: bool = False  # change or withdraw one's own
    support: bool = False  # stand behind a colleague's proposal
    sort: bool = False  # take in forms, classify, return for more, merge
    assess: bool = False  # fill criteria cards, shortlist and reject
    make_candidates: bool = False
    edit_candidates: bool = False  # once opinions are asked, they stay as they are
    vote: bool = False  # open rounds and cast ballots
    see_results: bool = False  # without being an operator


ALLOWS: Mapping[PhaseKind, Allowed] = MappingProxyType(
    {
        PhaseKind.UPCOMING: Allowed(),
        PhaseKind.COLLECTING: Allowed(propose=True, amend=True, support=True, sort=True),
        PhaseKind.SCREENING: Allowed(
            support=True, sort=True, assess=True, make_candidates=True, edit_candidates=True
        ),
        PhaseKind.OPINION: Allowed(sort=True, assess=True, make_candidates=True, vote=True),
        PhaseKind.PUBLISHED: Allowed(see_results=True),
    }
)


def require(allowed: bool, phase: PhaseKind, deed: str) -> None:
    """Refuse `deed`, a Chinese verb, unless what `phase` allows has said yes."""
    if not allowed:
        raise PhaseClosed(f"现在是“{PHASE_TITLES[phase]}”阶段，不能{deed}。")


def phase_at(phases: Sequence[PhaseWindow], now: datetime) -> PhaseKind:
    """The phase of the calendar at `now`: the last one that has opened."""
    begun = [phase.kind for phase in phases if phase.opens_at and phase.opens_at <= now]
    return begun[-1] if begun else PhaseKind.UPCOMING


def phase_by_word(word: str) -> PhaseKind | None:
    """The phase that `word` sets by hand; None is "auto", back to the calendar. Raises Invalid."""
    if word == AUTO:
        return None
    if word not in CALENDAR:
        raise Invalid(f"没有“{word}”这个阶段，可以写：{'、'.join([*CALENDAR, AUTO])}。")
    return PhaseKind(word)


def window(phases: Sequence[PhaseWindow], kind: PhaseKind) -> PhaseWindow:
    return next(phase for phase in phases if phase.kind is kind)


def collecting_closed_at(
    phases: Sequence[PhaseWindow], by_hand: PhaseKind | None, stored: datetime | None
) -> datetime | None:
    """When collecting ended or, by the calendar, will end; None while it is kept open by hand."""
    if stored is not None or by_hand is PhaseKind.COLLECTING:
        return stored
    return window(phases, PhaseKind.COLLECTING).closes_at


def is_still_to_end(phases: Sequence[PhaseWindow], by_hand: PhaseKind | None, now: datetime) -> bool:
    """Whether collecting goes on or is still to come."""
    return (by_hand or phase_at(phases, now)) in (PhaseKind.UPCOMING, PhaseKind.COLLECTING)


def closing(
    phases: Sequence[PhaseWindow],
    before: PhaseKind | None,
    after: PhaseKind | None,
    stored: datetime | None,
    now: datetime,
) -> datetime | None:
    """What to store as the end of collecting when the phase by hand turns from `before` to `after`.

    None leaves it to the calendar. Collecting ends once: what follows moves it only by opening it again.
    """
    if is_still_to_end(phases, after, now):
        return None
    if before is PhaseKind.COLLECTING:
        return now
    by_calendar = window(phases, PhaseKind.COLLECTING).closes_at
    return stored or min(now, by_calendar or now)


def in_grace(begun_at: datetime, closed_at: datetime | None, grace: timedelta, now: datetime) -> bool:
    """Whether a draft begun before collecting ended may still be handed in although it has ended."""
    return closed_at is not None and begun_at < closed_at <= now < closed_at + grace
