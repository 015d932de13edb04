"""What holds whatever comes: of the pure rules for all inputs, of the ledger after any sequence of events."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.broadcasts import releasing, verdicts
from app.broadcasts.audiences import Audience, BadAudience
from app.broadcasts.driving import Driver
from app.broadcasts.rules import MASS_BATCH, MASS_FEWEST, WrongState, batch_size
from app.broadcasts.verdicts import TRIES, Ended
from app.database import Database
from app.operators.queries import Account
from app.outbox.channels.values import problems
from app.outbox.outcomes import Accepted, Lost, Outcome, Refused, TryLater
from app.settings import AccountKind
from app.wechat.errors import Reaction
from models.enums import BroadcastState, DeliveryState
from tests.app.broadcasts.conftest import Release, accepted, broadcast, states
from tests.app.broadcasts.test_driving import People
from tests.fixtures.clocks import SteppingClock
from tests.standin.platform import Platform

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=5,
)
NOW = datetime(2018, 3, 1, tzinfo=UTC)
OUTCOMES = some.one_of(
    some.builds(Accepted, some.none() | some.just("1")),
    some.builds(Refused, some.text(), some.sampled_from([43004, 40003])),
    some.builds(Lost, some.text()),
    some.builds(TryLater, some.text(), some.sampled_from(list(Reaction)), some.none() | some.just(-1)),
)


@given(some.integers(1, 10**6))
def test_no_mass_message_is_to_one_person_alone(people: int) -> None:
    size = batch_size("mass", people, 50, AccountKind.SERVICE)
    assert size <= MASS_BATCH
    assert people < MASS_FEWEST or people % size == 0 or people % size >= MASS_FEWEST


@given(some.sampled_from(["template", "subscribe", "customer"]), some.floats(0, 10**6))
def test_a_batch_is_a_second_at_most(channel: str, push: float) -> None:
    assert 1 <= batch_size(channel, 1000, push, AccountKind.SERVICE) <= max(1, push) or push == 0


@given(some.dictionaries(some.sampled_from(["all", "tag", "unit", "openids", "not_voted", "x"]), JSON, max_size=2))
def test_an_audience_is_refused_or_written_down_as_it_was(written: dict[str, object]) -> None:
    try:
        audience = Audience.from_json(written)
    except BadAudience:
        return
    assert Audience.from_json(audience.to_json()) == audience
    assert audience.kind != "openids" or len(set(audience.value)) == len(audience.value)
    assert audience.told()


@given(some.dictionaries(some.text(max_size=20), some.text(max_size=40), max_size=4))
def test_values_are_judged_and_nothing_breaks(data: dict[str, str]) -> None:
    assert len(problems(data)) <= len(data)


class Tried:
    def __init__(self, attempts: int, tried_at: datetime | None) -> None:
        self.attempts = attempts
        self.tried_at = tried_at


@given(
    OUTCOMES,
    some.integers(1, 12),
    some.none() | some.timedeltas(timedelta(0), timedelta(hours=2)),
    some.timedeltas(timedelta(0), timedelta(hours=1)),
    some.booleans(),
    some.booleans(),
)
def test_each_outcome_leads_to_one_state(
    outcome: Outcome, attempts: int, ago: timedelta | None, key_life: timedelta, failed_later: bool, is_first: bool
) -> None:
    tried = Tried(attempts, NOW - ago if ago is not None else None)
    ended = {"1": Ended(False, "对方拒收")} if failed_later else {}
    row = verdicts.row(1, outcome, tried, is_first, key_life, ended, NOW, NOW)
    assert (row["finished_at"] is None) == (row["state"] is DeliveryState.PENDING)
    match outcome:
        case Accepted():
            assert row["state"] in (DeliveryState.SENT, DeliveryState.FAILED)
        case Refused():
            assert row["state"] is DeliveryState.FAILED
        case Lost() if row["state"] is DeliveryState.PENDING:
            assert ago is not None
            assert ago < key_life, "the platform still knows the key"
            assert attempts < TRIES
        case Lost():
            assert row["state"] is DeliveryState.UNKNOWN
        case TryLater():
            assert row["state"] in (DeliveryState.PENDING, DeliveryState.FAILED)


@pytest.mark.parametrize("seed", range(12))
async def test_after_any_sequence_of_events_nobody_has_it_twice_and_the_sums_are_right(
    seed: int,
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    chance = Random(seed)
    openids, made = people(40), release()
    by = hands["周敏"]

    def troubled() -> None:
        platform.faults.busy = chance.choice((0, 0, 3))
        platform.faults.lost_answers = chance.choice((0, 0, 2))
        platform.faults.token_revoked = chance.random() < 0.2

    def changed() -> None:
        deed = chance.choice((releasing.pause, releasing.resume, releasing.retry_failed))
        try:
            with database.writing() as session:
                deed(session, made, by=by, clock=clock)
        except WrongState:
            pass

    for _ in range(12):
        chance.choice((troubled, changed, lambda: clock.advance(minutes=chance.randint(1, 40))))()
        await driver.round()
        assert sum(states(database, made).values()) in (0, len(openids))
    platform.faults.reset()
    for _ in range(20):
        clock.advance(minutes=30)
        if broadcast(database, made).state is BroadcastState.PAUSED:
            with database.writing() as session:
                releasing.resume(session, made, by=by, clock=clock)
        await driver.round()
    found, got = states(database, made), accepted(platform)
    assert broadcast(database, made).state is BroadcastState.DONE
    assert sum(found.values()) == len(openids)
    assert len(got) == len(set(got)), "nobody twice"
    assert found.get(DeliveryState.SENT, 0) <= len(got) <= len(openids)
    assert len(openids) - len(got) <= sum(found.values()) - found.get(DeliveryState.SENT, 0)
