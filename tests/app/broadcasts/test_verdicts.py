"""What an outcome means for one message and for all that follow, for any outcome there may be."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.broadcasts.verdicts import FEWEST, TOO_MANY, TRIES, Ended, Share, row, stop
from app.outbox.outcomes import Accepted, Lost, Outcome, Refused, TryLater
from app.settings import AccountKind
from app.wechat.errors import PAUSES, Reaction
from models.enums import DeliveryState

NOW = datetime(2017, 12, 1, 2, tzinfo=UTC)
LIFE = timedelta(minutes=10)
SERVICE, SUBSCRIPTION = AccountKind.SERVICE, AccountKind.SUBSCRIPTION
later = st.builds(
    TryLater,
    st.sampled_from([Reaction.RETRY, Reaction.REFRESH, Reaction.STOP, Reaction.QUOTA]),
    st.just("因为"),
    st.sampled_from([None, -1, 40001, 45009, 45011, 45028, 48001]),
)
outcomes = st.one_of(
    st.builds(Accepted, st.sampled_from([None, "1", "2"])),
    st.builds(Refused, st.just("不行"), st.sampled_from([43004, 45015])),
    st.just(Lost("没有回应")),
    later,
)


@dataclass
class Tried:
    attempts: int
    tried_at: datetime | None


@given(
    outcomes,
    st.integers(1, TRIES + 2),
    st.integers(0, 20),
    st.sampled_from([timedelta(0), LIFE]),
    st.booleans(),
    st.booleans(),
)
def test_a_message_is_done_or_waits_and_is_never_sent_again_blindly(
    outcome: Outcome, attempts: int, minutes: int, life: timedelta, is_first: bool, failed_later: bool
) -> None:
    tried = Tried(attempts, NOW - timedelta(minutes=minutes))
    ended = {"1": Ended(succeeded=not failed_later, told="对方拒收")}
    found = row(7, outcome, tried, is_first, life, ended, NOW, NOW)
    state = found["state"]
    assert (found["finished_at"] is None) == (state is DeliveryState.PENDING)
    if state is DeliveryState.PENDING and isinstance(outcome, Lost):
        assert timedelta(minutes=minutes) < life, "only while the platform knows the key"
        assert found["tried_at"] == tried.tried_at, "the key's life goes on"
    if isinstance(outcome, Lost) and life == timedelta(0):
        assert state is DeliveryState.UNKNOWN
    if isinstance(outcome, TryLater) and state is DeliveryState.PENDING:
        surely_not_out = found["tried_at"] is None
        assert surely_not_out == is_first, "an answer that was lost before stays in doubt"
    if isinstance(outcome, TryLater) and (outcome.errcode is None or outcome.reaction is Reaction.REFRESH):
        assert (state, found["attempts"]) == (DeliveryState.PENDING, attempts - 1), "no fault of the message"
    if isinstance(outcome, Accepted):
        refused = failed_later and outcome.platform_id == "1"
        assert state is (DeliveryState.FAILED if refused else DeliveryState.SENT)
    assert (state is DeliveryState.UNKNOWN) <= isinstance(outcome, Lost)


@given(
    st.lists(outcomes),
    st.sampled_from(["mass", "template"]),
    st.sampled_from(list(AccountKind)),
    st.integers(0, 50),
    st.sampled_from([0, 12]),
)
def test_a_broadcast_goes_on_unless_the_platform_wants_a_rest(
    seen: list[Outcome], channel: str, account: AccountKind, rests: int, most: int
) -> None:
    found = stop(seen, channel, account, rests, NOW, most)
    later = [one for one in seen if isinstance(one, TryLater)]
    reactions = {one.reaction for one in later}
    again = (Reaction.RETRY, Reaction.REFRESH)
    only_busy = all(one.reaction in again and one.errcode not in PAUSES for one in later)
    anything = any(isinstance(one, Accepted) for one in seen)
    assert (found is None) == (not later or (only_busy and anything))
    if found is not None:
        assert found.reason
        too_often = only_busy and 0 < most <= rests
        assert (found.goes_on_at is None) == (Reaction.STOP in reactions or too_often)
        assert found.goes_on_at is None or found.goes_on_at > NOW


@pytest.mark.parametrize(
    ("errcode", "channel", "account", "day", "month"),
    [
        (45009, "template", SERVICE, 2, 12),
        (45009, "mass", SERVICE, 2, 12),
        (45028, "mass", SERVICE, 1, 1),
        (45028, "mass", SUBSCRIPTION, 2, 12),
    ],
)
def test_the_allowance_is_new_at_midnight_or_on_the_first(
    errcode: int, channel: str, account: AccountKind, day: int, month: int
) -> None:
    found = stop([TryLater(Reaction.QUOTA, "用完", errcode)], channel, account, 0, NOW)
    assert found
    assert found.goes_on_at
    assert (found.goes_on_at.month, found.goes_on_at.day) == (month, day)
    assert found.goes_on_at.utcoffset() == timedelta(hours=8)


@given(st.lists(st.booleans(), max_size=200))
def test_the_share_of_failures(failures: list[bool]) -> None:
    share = Share()
    share.count([Lost("") if failed else Accepted("1") for failed in failures])
    assert share.is_too_high == (len(failures) >= FEWEST and sum(failures) >= TOO_MANY * len(failures))
