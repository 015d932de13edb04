"""What the platform answers in the middle of a broadcast: who is told no, who still gets it, what we learn."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.broadcasts.driving import Driver
from app.database import Database
from models import Delivery, Follower
from models.enums import BroadcastState, DeliveryState
from tests.app.broadcasts.conftest import Release, accepted, broadcast, states
from tests.fixtures.clocks import SteppingClock
from tests.standin.platform import Platform

People = Callable[[int], list[str]]
CUSTOMER, TEMPLATE, MASS = (
    "/cgi-bin/message/custom/send",
    "/cgi-bin/message/template/send",
    "/cgi-bin/message/mass/send",
)
SENT, FAILED, PENDING = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.PENDING
YEAR_END = datetime(2017, 12, 31, 16, tzinfo=UTC)  # midnight in Beijing


@pytest.fixture
async def writers_to_us(platform: Platform, database: Database, clock: SteppingClock, people: People) -> list[str]:
    """Ten people with open windows, by our books and the platform's."""
    openids = people(10)
    for openid in openids:
        await platform.say(openid, "你好")
    with database.writing() as session:
        session.execute(update(Follower).values(message_window_at=clock.now()))
    return openids


@pytest.mark.parametrize("errcode", [45015, 45047])
async def test_a_window_that_is_closed_concerns_one_person(
    driver: Driver,
    release: Release,
    writers_to_us: list[str],
    platform: Platform,
    database: Database,
    errcode: int,
) -> None:
    made = release(channel="customer")
    platform.refusals[CUSTOMER] = [errcode]
    await driver.round()
    assert states(database, made) == {SENT: 9, FAILED: 1}
    with database.reading() as session:
        row = session.scalars(select(Delivery).where(Delivery.state == FAILED)).one()
        closed = session.scalars(select(Follower.openid).where(Follower.message_window_at.is_(None))).all()
    assert (row.errcode, closed) == (errcode, [row.openid])
    assert row.error
    assert broadcast(database, made).state is BroadcastState.DONE


@pytest.mark.parametrize("errcode", [43004, 40003, 47003, 70000])
async def test_one_refused_recipient_stops_nobody_else(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database, errcode: int
) -> None:
    people(10)
    made = release()
    platform.refusals[TEMPLATE] = [errcode]
    await driver.round()
    assert states(database, made) == {SENT: 9, FAILED: 1}
    with database.reading() as session:
        gone = session.scalars(select(Follower.openid).where(Follower.subscribed.is_(False))).all()
    assert len(gone) == (errcode == 43004), "whoever does not follow is known as such from now on"


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_dead_token_is_renewed_and_nobody_notices(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database, errcode: int
) -> None:
    openids = people(10)
    made = release()
    platform.refusals[TEMPLATE] = [errcode] * 3
    await driver.round()
    assert states(database, made) == {SENT: 10}
    assert Counter(accepted(platform)) == Counter(openids)


async def test_another_party_takes_the_token_away(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(40)
    made = release()
    platform.faults.token_revoked = True
    await driver.round()
    assert states(database, made) == {SENT: 40}
    assert Counter(accepted(platform)) == Counter(openids)


async def test_a_busy_platform_is_asked_again(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(10)
    made = release()
    platform.faults.busy = 12
    await driver.round()
    assert states(database, made) == {SENT: 10}
    assert Counter(accepted(platform)) == Counter(openids)


async def test_a_platform_that_stays_busy_is_left_alone_for_a_while(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    openids = people(10)
    made = release()
    platform.faults.busy = 1000
    await driver.round()
    row = broadcast(database, made)
    assert row.state is BroadcastState.SENDING
    assert row.goes_on_at
    assert row.goes_on_at > clock.now()
    assert not await driver.round()
    platform.faults.busy = 0
    clock.time = row.goes_on_at
    await driver.round()
    assert states(database, made) == {SENT: 10}
    assert Counter(accepted(platform)) == Counter(openids)


async def test_a_job_that_was_handed_in_before_is_no_error(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    """45065: the answer to the first time was lost."""
    openids = people(10)
    made = release(channel="mass")
    platform.faults.lost_answers = 1
    await driver.round()
    await driver.round()
    await platform.settle()
    assert states(database, made) == {SENT: 10}
    assert Counter(accepted(platform)) == Counter(openids)


async def test_the_allowance_of_mass_messages_is_used_up(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    people(10)
    made = release(channel="mass")
    platform.refusals[MASS] = [45028]
    await driver.round()
    row = broadcast(database, made)
    assert (row.state, row.goes_on_at) == (BroadcastState.SENDING, YEAR_END)
    assert row.stopped_for
    assert states(database, made) == {PENDING: 10}
