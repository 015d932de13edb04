"""The rules of sending: quiet hours, back-off, expiry, what follows each outcome."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outbox import rules
from app.outbox.outcomes import Accepted, Lost, Outcome, Refused, TryLater
from app.outbox.rules import Kind, Next, QuietHours, Skip, TextTooLong, Wait
from app.wechat.errors import Reaction
from models.enums import DeliveryState

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = QuietHours(time(22), time(8), ZONE)
NOON_REST = QuietHours(time(12), time(14), ZONE)


def shanghai(hour: int, minute: int = 0, second: int = 0, day: int = 1) -> datetime:
    return datetime(2017, 12, day, hour, minute, second, tzinfo=ZONE)


NOON = shanghai(12)
LATER = NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        (NIGHT, shanghai(21, 59, 59), None),
        (NIGHT, shanghai(22), shanghai(8, day=2)),
        (NIGHT, shanghai(23, 59, 59), shanghai(8, day=2)),
        (NIGHT, shanghai(0), shanghai(8)),
        (NIGHT, shanghai(7, 59, 59), shanghai(8)),
        (NIGHT, shanghai(8), None),
        (NOON_REST, shanghai(11, 59, 59), None),
        (NOON_REST, shanghai(12), shanghai(14)),
        (NOON_REST, shanghai(14), None),
    ],
)
def test_quiet_hours_to_the_second(hours: QuietHours, now: datetime, ends: datetime | None) -> None:
    assert hours.end_after(now) == ends
    assert hours.end_after(now.astimezone(UTC)) == ends


@given(st.times(), st.times(), st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_quiet_ends_within_a_day_and_is_then_over(begin: time, end: time, passed: timedelta) -> None:
    hours, now = QuietHours(begin, end, ZONE), NOON + passed
    morning = hours.end_after(now)
    if morning is not None:
        assert now < morning <= now + timedelta(days=1)
        assert hours.end_after(morning) is None


@pytest.mark.parametrize("kind", [Kind.DECISION, Kind.REMINDER, Kind.NOTICE])
def test_what_can_wait_waits_for_the_morning(kind: Kind) -> None:
    now = shanghai(23)
    assert rules.obstacle(kind, now + timedelta(days=1), True, now, NIGHT) == Wait(shanghai(8, day=2))


def test_an_answer_knows_no_quiet_hours() -> None:
    now = shanghai(23)
    assert rules.obstacle(Kind.ANSWER, now + timedelta(days=1), True, now, NIGHT) is None


def test_who_cannot_be_reached_sees_it_at_the_next_contact() -> None:
    assert rules.obstacle(Kind.DECISION, LATER, False, NOON, NIGHT) == Skip(rules.WINDOW_SHUT)


def test_what_is_too_late_is_not_sent() -> None:
    assert rules.obstacle(Kind.REMINDER, NOON, True, NOON, None) == Skip(rules.EXPIRED)
    assert rules.obstacle(Kind.REMINDER, NOON + timedelta(seconds=1), True, NOON, None) is None


def test_where_nothing_is_said_it_is_tried_for_a_week() -> None:
    assert rules.expires(NOON, None) == NOON + timedelta(days=7)
    assert rules.expires(NOON, LATER) == LATER


@pytest.mark.parametrize(
    ("outcome", "then"),
    [
        (Accepted("77"), Next(DeliveryState.SENT, platform_id="77")),
        (Refused("窗口已关", 45015), Next(DeliveryState.FAILED, reason="窗口已关", errcode=45015)),
        (Lost("没有回应"), Next(DeliveryState.UNKNOWN, reason="没有回应")),
        (
            TryLater(Reaction.RETRY, "正忙", -1),
            Next(DeliveryState.PENDING, NOON + timedelta(seconds=10), "正忙", -1),
        ),
        (
            TryLater(Reaction.QUOTA, "用完", 45009),
            Next(DeliveryState.PENDING, shanghai(0, day=2), "用完", 45009),
        ),
    ],
)
def test_what_follows_an_outcome_of_the_second_attempt(outcome: Outcome, then: Next) -> None:
    assert rules.after(outcome, 2, NOON) == then


@given(st.integers(min_value=1, max_value=10_000))
def test_delays_grow_and_stay_below_an_hour(attempts: int) -> None:
    assert timedelta(seconds=5) <= rules.back_off(attempts) <= timedelta(hours=1)
    assert rules.back_off(attempts) <= rules.back_off(attempts + 1)


@pytest.mark.parametrize(
    ("outcome", "until"),
    [
        (Accepted(), None),
        (Refused("", 45015), None),
        (TryLater(Reaction.RETRY, "", -1), None),
        (TryLater(Reaction.RETRY, "", 45011), NOON + timedelta(minutes=1)),
        (TryLater(Reaction.STOP, "", 40164), NOON + timedelta(minutes=1)),
        (TryLater(Reaction.QUOTA, "", 45009), shanghai(0, day=2)),
    ],
)
def test_when_a_whole_channel_rests(outcome: Outcome, until: datetime | None) -> None:
    assert rules.rest(outcome, NOON) == until


def test_midnight_is_beijings() -> None:
    assert rules.next_midnight(datetime(2017, 12, 1, 15, 59, 59, tzinfo=UTC)) == shanghai(0, day=2)
    assert rules.next_midnight(datetime(2017, 12, 1, 16, 0, tzinfo=UTC)) == shanghai(0, day=3)


@pytest.mark.parametrize(
    ("key_life", "state"),
    [
        (timedelta(0), DeliveryState.UNKNOWN),
        (timedelta(minutes=4), DeliveryState.UNKNOWN),
        (timedelta(minutes=10), DeliveryState.PENDING),
    ],
)
def test_after_a_crash_only_a_known_key_allows_another_attempt(key_life: timedelta, state: DeliveryState) -> None:
    claimed_at = NOON
    now = claimed_at + rules.LEASE + timedelta(seconds=1)
    assert rules.after_lost_lease(claimed_at + rules.LEASE, key_life, now) is state


def test_texts_are_measured_in_bytes() -> None:
    rules.check_text("实" * 666)
    with pytest.raises(TextTooLong, match="太长"):
        rules.check_text("实" * 667)
    with pytest.raises(ValueError, match="without words"):
        rules.check_text("")
