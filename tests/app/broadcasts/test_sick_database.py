"""The platform has taken messages and the database fails: what is known is written down as soon as that can be."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.broadcasts import driving
from app.broadcasts.driving import Driver
from app.database import Database
from app.followers import credits
from app.outbox import insisting
from models import Follower
from models.enums import BroadcastState, DeliveryState
from tests.app.broadcasts.conftest import TEMPLATE, Release, accepted, broadcast, states
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.sickness import failing
from tests.standin.platform import Platform

People = Callable[[int], list[str]]
SENT, PENDING, SENDING = DeliveryState.SENT, DeliveryState.PENDING, DeliveryState.SENDING


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insisting, "DELAYS", (0, 0, 0))


@pytest.fixture
def agreeing(people: People, platform: Platform, database: Database, clock: SteppingClock) -> list[str]:
    """People who take one subscription notice each: a channel without keys."""
    openids = people(20)
    with database.writing() as session:
        for id in session.scalars(select(Follower.id)).all():
            credits.accept(session, id, "S-vote", clock.now())
    for openid in openids:
        platform.people[openid].credits["S-vote"] = 1
    return openids


async def test_a_writer_that_fails_twice_leaves_nothing_in_doubt(
    driver: Driver, release: Release, agreeing: list[str], platform: Platform, database: Database
) -> None:
    made = release(channel="subscribe", content={**TEMPLATE, "template_id": "S-vote"})
    with failing(database, 2):
        await driver.round()
    assert Counter(accepted(platform)) == Counter(agreeing)
    assert states(database, made) == {SENT: 20}
    assert broadcast(database, made).state is BroadcastState.DONE
    with database.reading() as session:
        ids = list(session.scalars(select(Follower.id)))
        assert set(credits.remaining(session, ids, "S-vote").values()) == {0}


async def test_what_was_committed_and_nobody_heard_of_counts_once(
    driver: Driver,
    release: Release,
    agreeing: list[str],
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection breaks at the commit: the same is written once more, and no second credit is spent."""
    with database.writing() as session:
        for id in session.scalars(select(Follower.id)).all():
            credits.accept(session, id, "S-vote", clock.now())
    made = release(channel="subscribe", content={**TEMPLATE, "template_id": "S-vote"})
    record = type(driver._batches).record

    def twice(*arguments: Any, **named: Any) -> bool:
        record(*arguments, **named)
        return record(*arguments, **named)

    monkeypatch.setattr(type(driver._batches), "record", twice)
    await driver.round()
    assert states(database, made) == {SENT: 20}
    with database.reading() as session:
        ids = list(session.scalars(select(Follower.id)))
        assert set(credits.remaining(session, ids, "S-vote").values()) == {1}


async def test_given_up_at_last_what_was_never_begun_is_in_no_doubt(
    new_driver: Callable[..., Driver],
    release: Release,
    agreeing: list[str],
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(driving, "RECORD", 5)
    made = release(channel="subscribe", content={**TEMPLATE, "template_id": "S-vote"})
    with failing(database, 1000):
        await new_driver(concurrency=1).round()
    out = len(accepted(platform))
    assert 0 < out < 20
    assert states(database, made) == {SENDING: out, PENDING: 20 - out}
    row = broadcast(database, made)
    assert row.goes_on_at
    assert row.goes_on_at > clock.now()
