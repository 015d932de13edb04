"""A moment to wait for is still to come, or now, or over: never two of these, and over is for good."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.broadcasts.moments import LATE, ORDER, Moment, Now
from models.enums import PhaseKind

NOW = datetime(2017, 12, 1, 2, tzinfo=UTC)
phases = st.sampled_from(ORDER)
hours = st.integers(-48, 48).map(lambda hours: NOW + timedelta(hours=hours))


@given(st.none() | hours, st.none() | phases, phases)
def test_what_was_released_may_begin_or_waits_or_has_missed_it(
    at: datetime | None, wanted: PhaseKind | None, present: PhaseKind
) -> None:
    moment, now = Moment(at, wanted), Now(NOW, present)
    missed = moment.missed(now, is_released=True)
    if missed:
        assert moment.has_to_wait(now), "it does not go out at the wrong time instead"
        later = [Now(NOW + timedelta(days=1), phase) for phase in ORDER[ORDER.index(present) :]]
        assert all(moment.missed(one, is_released=True) for one in later)
    elif moment.has_to_wait(now):
        comes = Now(max(at or NOW, NOW), wanted or present)
        assert not moment.has_to_wait(comes), "there is a moment at which it begins"


@given(st.none() | hours, st.none() | phases, phases)
def test_what_cannot_be_released_any_more_is_refused_before(
    at: datetime | None, wanted: PhaseKind | None, present: PhaseKind
) -> None:
    moment, now = Moment(at, wanted), Now(NOW, present)
    if moment.missed(now, is_released=True):
        assert moment.missed(now, is_released=False)


@pytest.mark.parametrize(
    ("moment", "ends_at", "told"),
    [
        (Moment(NOW - LATE, None), None, ""),
        (Moment(NOW - LATE - timedelta(seconds=1), None), None, "定的时间已经过去"),
        (Moment(None, PhaseKind.SCREENING), None, ""),
        (Moment(None, PhaseKind.OPINION), None, ""),
        (Moment(None, PhaseKind.COLLECTING), None, "“征集推荐”阶段已经过去"),
        (Moment(NOW + timedelta(days=9), PhaseKind.SCREENING), NOW + timedelta(days=9), "阶段结束以后"),
        (Moment(NOW + timedelta(days=8), PhaseKind.SCREENING), NOW + timedelta(days=9), ""),
    ],
)
def test_what_is_said_before_the_release(moment: Moment, ends_at: datetime | None, told: str) -> None:
    found = moment.missed(Now(NOW, PhaseKind.SCREENING, ends_at), is_released=False)
    assert (told in found) if told else (found == "")
