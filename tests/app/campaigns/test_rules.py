"""Phases to the second, and the grace for drafts begun in time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.definition import CALENDAR, Definition, PhaseWindow
from app.campaigns.rules import (
    ALLOWS,
    PhaseClosed,
    closing,
    collecting_closed_at,
    in_grace,
    phase_at,
    phase_by_word,
    require,
)
from app.errors import Invalid
from models.enums import PhaseKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
INSTANT = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
GRACE = timedelta(hours=24)
CLOSED = datetime(2017, 12, 26, tzinfo=SHANGHAI)


def december(day: int) -> datetime:
    return datetime(2017, 12, day, tzinfo=SHANGHAI)


def calendar(opens: Sequence[datetime | None]) -> tuple[PhaseWindow, ...]:
    return tuple(map(PhaseWindow, CALENDAR, opens, [*opens[1:], None]))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[PhaseWindow, ...]:
    years = st.timedeltas(timedelta(0), timedelta(days=100 * 365))
    moments = years.map(lambda since: datetime(1970, 1, 2, tzinfo=UTC) + since)
    first, second, third, fourth = sorted(draw(st.lists(moments, min_size=4, max_size=4, unique=True)))
    return calendar([first, second, third, draw(st.sampled_from([fourth, None]))])


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        ("2017-11-29T23:59:59", PhaseKind.UPCOMING),
        ("2017-11-30T00:00:00", PhaseKind.COLLECTING),
        ("2017-12-25T23:59:59", PhaseKind.COLLECTING),
        ("2017-12-26T00:00:00", PhaseKind.SCREENING),
        ("2018-01-20T23:59:59", PhaseKind.SCREENING),
        ("2018-01-21T00:00:00", PhaseKind.OPINION),
        ("2026-01-01T00:00:00", PhaseKind.OPINION),  # publishing has no date: it waits for a hand
    ],
)
def test_the_year_2018_to_the_second(definition: Definition, moment: str, phase: PhaseKind) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    assert phase_at(definition.phases, local) is phase
    assert phase_at(definition.phases, local.astimezone(UTC)) is phase


@given(calendars())
def test_each_phase_lasts_until_the_next_begins(phases: tuple[PhaseWindow, ...]) -> None:
    kinds = [PhaseKind.UPCOMING, *CALENDAR]
    for before, phase in zip(kinds, phases, strict=False):
        if phase.opens_at:
            assert phase_at(phases, phase.opens_at - INSTANT) is before
            assert phase_at(phases, phase.opens_at) is phase.kind


@given(
    st.timedeltas(min_value=timedelta(days=-3), max_value=timedelta(days=3)), st.datetimes(timezones=st.just(UTC))
)
def test_grace_is_for_drafts_begun_before_the_end_and_no_other(after: timedelta, begun: datetime) -> None:
    now = CLOSED + after
    expected = begun < CLOSED and timedelta(0) <= after < GRACE
    assert in_grace(begun, CLOSED, GRACE, now) is expected


@pytest.mark.parametrize(
    ("begun", "now", "expected"),
    [
        (CLOSED - SECOND, CLOSED, True),
        (CLOSED - SECOND, CLOSED + GRACE - SECOND, True),
        (CLOSED - SECOND, CLOSED + GRACE, False),
        (CLOSED - SECOND, CLOSED - SECOND, False),  # still open: no grace is needed
        (CLOSED, CLOSED + SECOND, False),
    ],
)
def test_grace_to_the_second(begun: datetime, now: datetime, expected: bool) -> None:
    assert in_grace(begun, CLOSED, GRACE, now) is expected
    assert not in_grace(begun, None, GRACE, now)


@pytest.mark.parametrize(
    ("by_hand", "stored", "expected"),
    [
        (None, None, CLOSED),
        (None, december(28), december(28)),
        (PhaseKind.COLLECTING, None, None),
        (PhaseKind.SCREENING, december(20), december(20)),
        (PhaseKind.OPINION, None, CLOSED),
    ],
)
def test_collecting_ends_by_the_calendar_until_a_hand_is_in_it(
    definition: Definition, by_hand: PhaseKind | None, stored: datetime | None, expected: datetime | None
) -> None:
    assert collecting_closed_at(definition.phases, by_hand, stored) == expected


@pytest.mark.parametrize(
    ("before", "after", "stored", "day", "expected"),
    [
        (None, PhaseKind.SCREENING, None, 20, december(20)),
        (None, PhaseKind.PUBLISHED, None, 20, december(20)),
        (None, PhaseKind.SCREENING, None, 28, CLOSED),  # the calendar came first
        (PhaseKind.SCREENING, PhaseKind.OPINION, december(20), 28, december(20)),
        (PhaseKind.OPINION, PhaseKind.SCREENING, december(20), 28, december(20)),
        (PhaseKind.SCREENING, None, december(20), 28, december(20)),
        (PhaseKind.SCREENING, None, december(20), 22, None),  # the calendar opens it again
        (PhaseKind.SCREENING, PhaseKind.COLLECTING, december(20), 22, None),
        (PhaseKind.SCREENING, None, december(1), 1, None),
        (PhaseKind.COLLECTING, None, None, 20, None),
        (PhaseKind.COLLECTING, None, None, 28, december(28)),  # it was kept open beyond the calendar
        (PhaseKind.COLLECTING, PhaseKind.SCREENING, None, 28, december(28)),
    ],
)
def test_collecting_ends_once_and_not_again_until_it_is_opened_again(
    definition: Definition,
    before: PhaseKind | None,
    after: PhaseKind | None,
    stored: datetime | None,
    day: int,
    expected: datetime | None,
) -> None:
    assert closing(definition.phases, before, after, stored, december(day)) == expected


def test_each_phase_allows_its_own() -> None:
    assert [phase for phase in PhaseKind if ALLOWS[phase].propose] == [PhaseKind.COLLECTING]
    assert [phase for phase in PhaseKind if ALLOWS[phase].amend] == [PhaseKind.COLLECTING]
    assert [phase for phase in PhaseKind if ALLOWS[phase].vote] == [PhaseKind.OPINION]
    assert [phase for phase in PhaseKind if ALLOWS[phase].see_results] == [PhaseKind.PUBLISHED]
    assert not any(vars(ALLOWS[PhaseKind.UPCOMING]).values())


def test_a_refusal_names_the_phase() -> None:
    require(ALLOWS[PhaseKind.OPINION].vote, PhaseKind.OPINION, "投票")
    with pytest.raises(PhaseClosed, match="现在是“征集推荐”阶段，不能投票。"):
        require(ALLOWS[PhaseKind.COLLECTING].vote, PhaseKind.COLLECTING, "投票")


def test_only_the_four_phases_and_auto_can_be_set() -> None:
    assert [phase_by_word(word) for word in ("collecting", "screening", "opinion", "published")] == list(CALENDAR)
    assert phase_by_word("auto") is None
    for word in ("upcoming", "COLLECTING", "", "征集"):
        with pytest.raises(Invalid, match="没有"):
            phase_by_word(word)
