"""Awkward moments: a broadcast changes hands, is cancelled half-way, waits too long, or cannot go on at all."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.broadcasts import driving, recipients, releasing
from app.broadcasts.audiences import BadAudience
from app.broadcasts.batches import LEASE, Batch, Batches, Standing
from app.broadcasts.driving import AFTER_FAILING, Driver
from app.broadcasts.rules import WrongState
from app.database import Database
from app.operators.queries import Account
from app.outbox.outcomes import Accepted, Lost, Message, Outcome, Refused
from models import Broadcast, Delivery
from models.enums import BroadcastState, DeliveryState
from tests.app.broadcasts.conftest import Release, accepted, broadcast, states
from tests.fixtures.clocks import SteppingClock
from tests.standin.platform import Platform

People = Callable[[int], list[str]]
SENT, FAILED, UNKNOWN, PENDING, SENDING, SKIPPED = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.PENDING,
    DeliveryState.SENDING,
    DeliveryState.SKIPPED,
)
AWAY = LEASE + timedelta(seconds=1)


def gathered(database: Database, batches: Batches, made: int, driver: Driver) -> None:
    with database.writing() as session:
        assert batches.begin(session) == made
    with database.writing() as session:
        while driver._slice(session, made):
            pass


def claimed(database: Database, batches: Batches, made: int) -> Batch:
    with database.writing() as session:
        batch = batches.claim(session, made)
    assert isinstance(batch, Batch)
    return batch


async def test_what_went_unanswered_and_waited_too_long_is_not_sent_blindly(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    """The platform has forgotten its key: it would write to that person a second time."""
    openids = people(3)
    made = release()
    gathered(database, driver._batches, made, driver)
    with database.writing() as session:
        waited = {"attempts": 1, "tried_at": clock.wall() - timedelta(minutes=11)}
        session.execute(update(Delivery).where(Delivery.openid == openids[0]).values(waited))
    clock.advance(seconds=AWAY.total_seconds())
    await driver.round()
    assert states(database, made) == {SENT: 2, UNKNOWN: 1}
    assert sorted(accepted(platform)) == sorted(openids[1:])


async def test_whoever_was_away_too_long_stops(
    new_driver: Callable[[], Driver], release: Release, people: People, database: Database, clock: SteppingClock
) -> None:
    people(5)
    made = release()
    driver = new_driver()
    first, second = driver._batches, new_driver()._batches
    gathered(database, first, made, driver)
    batch = claimed(database, first, made)
    clock.advance(seconds=AWAY.total_seconds())
    with database.writing() as session:
        assert second.begin(session) == made
    taken = claimed(database, second, made)
    assert len(taken.messages) == 5
    with database.writing() as session:
        told: list[tuple[Message, Outcome]] = [
            (batch.messages[0], Lost("没有回应")),
            (batch.messages[1], Accepted("7")),
            (batch.messages[2], Refused("不行", 43004)),
        ]
        assert not first.record(session, batch, told, under_way=False)
        first.give_back(session, batch, batch.messages[2:])
        first.hold(session, made, "失败太多")
        first.let_go(session, made)
        assert first.claim(session, made) is Standing.STOPPED
        assert first.held(session, made) is None
    assert states(database, made) == {SENDING: 4, SENT: 1}, "what it surely knows is written down, no more"
    row = broadcast(database, made)
    assert (row.state, row.lease_by, bool(row.lease_until)) == (BroadcastState.SENDING, second.by, True)


async def test_giving_back_forgets_only_what_was_never_tried(
    driver: Driver, release: Release, people: People, database: Database, clock: SteppingClock
) -> None:
    openids = people(2)
    made = release()
    batches = driver._batches
    gathered(database, batches, made, driver)
    with database.writing() as session:
        tried = {"tried_at": clock.wall() - timedelta(minutes=1)}
        session.execute(update(Delivery).where(Delivery.openid == openids[0]).values(tried))
    batch = claimed(database, batches, made)
    with database.writing() as session:
        batches.give_back(session, batch, batch.messages)
    with database.reading() as session:
        rows = {row.openid: row for row in session.scalars(select(Delivery))}
    assert (rows[openids[0]].tried_at, rows[openids[1]].tried_at) == (clock.wall() - timedelta(minutes=1), None)
    assert {row.attempts for row in rows.values()} == {0}


@pytest.mark.parametrize("error", [BadAudience("这一轮已经截止。"), RuntimeError("oh")])
async def test_one_that_cannot_go_on_keeps_nobody_waiting(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    openids = people(3)
    bad, good = release(), release()
    wanted = recipients.wanted_by

    def refuse(session: object, row: Broadcast, terms: object) -> object:
        if row.id == bad:
            raise error
        return wanted(session, row, terms)  # type: ignore[arg-type]

    monkeypatch.setattr(driving, "wanted_by", refuse)
    while await driver.round():
        pass
    assert Counter(accepted(platform)) == Counter(openids)
    assert broadcast(database, good).state is BroadcastState.DONE
    row = broadcast(database, bad)
    if isinstance(error, BadAudience):
        assert (row.state, row.stopped_for) == (BroadcastState.PAUSED, "这一轮已经截止。")
    else:
        assert (row.state, row.goes_on_at) == (BroadcastState.SENDING, clock.now() + AFTER_FAILING)


async def test_cancelled_half_way_nothing_waits_any_more(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    people(600)
    made = release()
    running = asyncio.create_task(driver.round())
    while len(accepted(platform)) < 100:
        await asyncio.sleep(0)
    with database.writing() as session:
        releasing.cancel(session, made, by=hands["周敏"], clock=clock)
    await running
    found = states(database, made)
    assert set(found) == {SENT, SKIPPED}
    assert found[SENT] == len(accepted(platform))


async def test_cancelled_after_a_crash_the_rest_is_settled(
    driver: Driver,
    release: Release,
    people: People,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    people(4)
    made = release()
    gathered(database, driver._batches, made, driver)
    claimed(database, driver._batches, made)
    with database.writing() as session:
        releasing.cancel(session, made, by=hands["周敏"], clock=clock)
    assert states(database, made) == {SENDING: 4}
    clock.advance(minutes=20)
    assert not await driver.round()
    assert states(database, made) == {UNKNOWN: 4}
    with database.reading() as session:
        one = session.scalars(select(Delivery.id)).first()
    with database.writing() as session, pytest.raises(WrongState, match="再发"):
        releasing.release(session, made, one or 0, "retry", by=hands["吴军"], clock=clock)


async def test_a_mass_job_is_decided_as_a_whole(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    openids = people(10)
    made = release(channel="mass")
    gathered(database, driver._batches, made, driver)
    claimed(database, driver._batches, made)
    clock.advance(hours=25)  # the process died, and the platform has forgotten the job's key
    await driver.round()
    assert states(database, made) == {UNKNOWN: 10}
    with database.reading() as session:
        one = session.scalars(select(Delivery.id)).first()
    with database.writing() as session:
        releasing.release(session, made, one or 0, "retry", by=hands["吴军"], clock=clock)
    await driver.round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: 10}
    with database.writing() as session:
        session.execute(update(Delivery).where(Delivery.openid.in_(openids[:3])).values(state=FAILED))
    with database.writing() as session, pytest.raises(WrongState, match="整个任务"):
        releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
