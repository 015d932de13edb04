"""What the platform answers in the middle of a broadcast: who is told no, who still gets it, what we learn."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.broadcasts import releasing
from app.broadcasts.driving import Driver
from app.database import Database
from app.operators.queries import Account
from app.wechat import users
from app.wechat.client import WeChatClient
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


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_token_that_stays_dead_makes_it_rest_and_go_on_by_itself(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    errcode: int,
) -> None:
    openids = people(10)
    made = release()
    platform.refusals[TEMPLATE] = [errcode] * 1000
    rests = []
    for _ in range(11):  # more often than a message is tried that the platform is too busy for
        await driver.round()
        row = broadcast(database, made)
        assert (row.state, row.goes_on_at is not None) == (BroadcastState.SENDING, True)
        assert "令牌" in (row.stopped_for or "")
        assert row.goes_on_at
        rests.append((row.goes_on_at - clock.now()).total_seconds())
        clock.time = row.goes_on_at
    assert rests[:4] == [5, 10, 20, 40]
    assert states(database, made) == {PENDING: 10}, "it says nothing against any message"
    platform.refusals[TEMPLATE].clear()
    await driver.round()
    assert states(database, made) == {SENT: 10}
    assert Counter(accepted(platform)) == Counter(openids)
    assert broadcast(database, made).rests == 0


async def test_after_many_rests_in_a_row_a_person_has_to_look(
    new_driver: Callable[..., Driver],
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    hands: dict[str, Account],
) -> None:
    openids = people(10)
    made, driver = release(), new_driver(rests=3)
    platform.refusals[TEMPLATE] = [40001] * 1000
    for _ in range(3):
        await driver.round()
        row = broadcast(database, made)
        assert row.goes_on_at
        clock.time = row.goes_on_at
    await driver.round()
    row = broadcast(database, made)
    assert (row.state, row.goes_on_at) == (BroadcastState.PAUSED, None)
    assert "停下 3 次再试" in (row.stopped_for or "")
    assert "令牌" in (row.stopped_for or "")
    with database.writing() as session:
        releasing.resume(session, made, by=hands["周敏"], clock=clock)
    await driver.round()
    assert broadcast(database, made).state is BroadcastState.SENDING, "counted anew"
    platform.refusals[TEMPLATE].clear()
    clock.advance(seconds=5)
    await driver.round()
    assert Counter(accepted(platform)) == Counter(openids)


async def test_a_busy_answer_does_not_shorten_the_rest_that_a_quota_wants(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    people(10)
    made = release()
    platform.refusals[TEMPLATE] = [45009, *[40001] * 100]
    await driver.round()
    row = broadcast(database, made)
    assert row.goes_on_at == datetime(2017, 12, 1, 16, tzinfo=UTC)
    assert row.rests == 1


async def test_what_may_have_gone_out_is_not_forgotten_when_the_next_try_is_refused(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    wechat_client: WeChatClient,
) -> None:
    """The answer is lost, the next try finds the quota used up: by midnight the platform has forgotten the key."""
    openids = people(1)
    made = release()
    await users.followers_after(wechat_client)  # there is a token already: only the message's answer is lost
    platform.faults.lost_answers = 1
    running = asyncio.create_task(driver.round())
    while not accepted(platform):
        await asyncio.sleep(0)
    platform.refusals[TEMPLATE] = [45009]
    await running
    row = broadcast(database, made)
    assert row.goes_on_at
    clock.time = row.goes_on_at + timedelta(hours=9)
    await driver.round()
    assert accepted(platform) == openids
    assert states(database, made) == {DeliveryState.UNKNOWN: 1}
