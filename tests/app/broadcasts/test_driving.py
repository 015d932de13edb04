"""Broadcasts against the stand-in: each person once, whatever happens on the way."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from app.broadcasts import releasing
from app.broadcasts.batches import LEASE
from app.broadcasts.driving import Driver
from app.broadcasts.recipients import NO_WINDOW, NOT_FOLLOWING
from app.campaigns.service import set_phase
from app.database import Database
from app.followers import credits, windows
from app.operators.queries import Account
from app.wechat import users
from app.wechat.client import WeChatClient
from app.writer import Writer
from models import Delivery, Follower, FollowerTag
from models.enums import BroadcastState, DeliveryState, PhaseKind
from tests.app.broadcasts.conftest import TEMPLATE, Release, accepted, broadcast, states
from tests.fixtures.clocks import START, SteppingClock
from tests.standin.platform import Platform

People = Callable[[int], list[str]]
SENT, FAILED, UNKNOWN, PENDING = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.PENDING,
)


async def test_everyone_gets_it_once(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(450)
    made = release()
    assert await driver.round()
    assert not await driver.round()
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: 450}
    row = broadcast(database, made)
    assert (row.state, row.total, row.lease_until) == (BroadcastState.DONE, 450, None)


async def test_who_left_is_skipped_with_the_reason(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(3)
    with database.writing() as session:
        session.execute(update(Follower).where(Follower.openid == openids[1]).values(subscribed=False))
    made = release(audience={"openids": openids})
    await driver.round()
    assert sorted(accepted(platform)) == sorted([openids[0], openids[2]])
    with database.reading() as session:
        skipped = session.scalars(select(Delivery).where(Delivery.state == DeliveryState.SKIPPED)).one()
    assert (skipped.openid, skipped.error, skipped.broadcast_id) == (openids[1], NOT_FOLLOWING, made)


async def test_the_platform_says_somebody_left(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(30)
    platform.people[openids[4]].following = False
    made = release()
    await driver.round()
    assert states(database, made) == {SENT: 29, FAILED: 1}
    with database.reading() as session:
        row = session.scalars(select(Delivery).where(Delivery.state == FAILED)).one()
        follower = session.scalars(select(Follower).where(Follower.openid == openids[4])).one()
    assert (row.openid, row.errcode) == (openids[4], 43004)
    assert not follower.subscribed


async def test_at_night_nothing_goes_out_and_in_the_morning_all_does(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
) -> None:
    people(5)
    clock.time = START.replace(hour=14, minute=0)  # ten at night in Shanghai
    made = release()
    assert not await driver.round()
    assert broadcast(database, made).goes_on_at == START.replace(hour=0) + timedelta(days=1)
    clock.time = START.replace(hour=23, minute=59) - timedelta(seconds=1)
    assert not await driver.round()
    assert accepted(platform) == []
    clock.time = START.replace(hour=0) + timedelta(days=1)
    assert await driver.round()
    assert states(database, made) == {SENT: 5}


async def test_it_waits_for_its_time(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    people(2)
    made = release(scheduled_at=START + timedelta(hours=1))
    assert broadcast(database, made).state is BroadcastState.SCHEDULED
    assert not await driver.round()
    clock.advance(hours=1)
    assert await driver.round()
    assert len(accepted(platform)) == 2


async def test_who_follows_after_the_release_was_not_released_to(
    driver: Driver, release: Release, people: People, platform: Platform, clock: SteppingClock
) -> None:
    before = people(3)
    release(scheduled_at=START + timedelta(hours=1))
    clock.advance(minutes=30)
    people(2)
    clock.advance(minutes=30)
    await driver.round()
    assert Counter(accepted(platform)) == Counter(before)


@pytest.mark.parametrize(
    ("errcode", "state", "goes_on"),
    [
        (45009, BroadcastState.SENDING, START.replace(hour=16)),  # midnight in Beijing
        (45011, BroadcastState.SENDING, START + timedelta(minutes=1)),
        (40037, BroadcastState.PAUSED, None),
        (48001, BroadcastState.PAUSED, None),
    ],
)
async def test_what_the_platform_refuses_for_all_stops_the_broadcast_and_not_the_process(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    errcode: int,
    state: BroadcastState,
    goes_on: object,
) -> None:
    people(10)
    made = release()
    platform.refusals["/cgi-bin/message/template/send"] = [errcode]
    await driver.round()
    row = broadcast(database, made)
    assert (row.state, row.goes_on_at) == (state, goes_on)
    assert row.stopped_for
    found = states(database, made)
    assert found.get(FAILED, 0) == 0
    assert found[PENDING] + found.get(SENT, 0) == 10


async def test_a_pause_takes_hold_and_going_on_finishes(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    openids = people(600)
    made = release()
    running = asyncio.create_task(driver.round())
    while len(accepted(platform)) < 50:
        await asyncio.sleep(0)
    with database.writing() as session:
        releasing.pause(session, made, by=hands["周敏"], clock=clock)
    await running
    found = states(database, made)
    assert found[PENDING] > 0
    assert set(found) == {PENDING, SENT}
    assert not await driver.round()
    with database.writing() as session:
        releasing.resume(session, made, by=hands["周敏"], clock=clock)
    assert await driver.round()
    assert Counter(accepted(platform)) == Counter(openids)


async def test_cancelled_means_that_the_rest_never_goes(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    people(5)
    made = release(scheduled_at=START + timedelta(hours=1))
    with database.writing() as session:
        releasing.cancel(session, made, by=hands["周敏"], clock=clock)
    clock.advance(hours=2)
    assert not await driver.round()
    assert accepted(platform) == []


async def test_two_processes_do_not_double(
    new_driver: Callable[[], Driver], release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(500)
    release()
    release(audience={"openids": openids[:100]})

    async def work(driver: Driver) -> None:
        for _ in range(200):
            await driver.round()

    await asyncio.gather(work(new_driver()), work(new_driver()))
    assert Counter(accepted(platform)) == Counter(openids) + Counter(openids[:100])


@pytest.mark.parametrize("seed", range(8))
async def test_whoever_dies_mid_way_is_followed_by_another(
    new_driver: Callable[[], Driver],
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    writers: list[Writer],
    seed: int,
) -> None:
    """A task that is cancelled records nothing more: what it had begun is as after a kill."""
    openids, chance = people(700), Random(seed)
    made = release()
    for _ in range(4):
        running = asyncio.create_task(new_driver().round())
        for _ in range(chance.randrange(20, 700)):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.to_thread(writers[-1].stop)  # what it had handed in is done before the lease runs out
        clock.advance(seconds=LEASE.total_seconds() + 1)
    await new_driver().round()
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: 700}


async def test_lost_answers_are_asked_again_by_the_same_key(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(40)
    made = release()
    platform.faults.lost_answers = 3
    await driver.round()
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: 40}


async def test_without_a_key_a_lost_answer_is_left_to_a_person(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    openids = people(3)
    await _write_to_us(platform, database, clock, openids[:2])
    made = release(channel="customer", audience={"openids": openids})
    platform.faults.lost_answers = 1
    await driver.round()
    assert states(database, made) == {SENT: 1, UNKNOWN: 1, DeliveryState.SKIPPED: 1}
    with database.reading() as session:
        reason = session.scalars(select(Delivery.error).where(Delivery.openid == openids[2])).one()
        doubtful = session.scalars(select(Delivery.id).where(Delivery.state == UNKNOWN)).one()
    assert reason == NO_WINDOW
    with database.writing() as session:
        releasing.release(session, made, doubtful, "retry", by=hands["吴军"], clock=clock)
    await driver.round()
    assert states(database, made) == {SENT: 2, DeliveryState.SKIPPED: 1}


async def test_a_mass_message_is_one_job_and_is_never_handed_in_twice(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    wechat_client: WeChatClient,
) -> None:
    openids = people(30)
    await users.followers_after(wechat_client)  # there is a token already: only the job's answer is lost
    made = release(channel="mass")
    platform.faults.lost_answers = 1
    await driver.round()
    assert len(platform.stores.mass) == 1
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: 30}
    with database.reading() as session:
        ids = set(session.scalars(select(Delivery.platform_id)))
    assert ids == {str(job) for job in platform.stores.mass}


async def test_subscription_notices_go_to_those_who_said_yes(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    openids = people(4)
    with database.writing() as session:
        ids = {row.openid: row.id for row in session.scalars(select(Follower))}
        for openid in openids[:3]:
            credits.accept(session, ids[openid], "S-vote", clock.now())
    for openid in openids[:2]:  # the third has used it up by the platform's books
        platform.people[openid].credits["S-vote"] = 1
    made = release(channel="subscribe", content={**TEMPLATE, "template_id": "S-vote"})
    await driver.round()
    assert states(database, made) == {SENT: 2, FAILED: 1, DeliveryState.SKIPPED: 1}
    with database.reading() as session:
        assert credits.remaining(session, list(ids.values()), "S-vote") == {ids[one]: 0 for one in openids[:3]}


async def test_who_has_a_tag(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(4)
    with database.writing() as session:
        ids = {row.openid: row.id for row in session.scalars(select(Follower))}
        session.add_all(FollowerTag(follower_id=ids[openid], tag_id=100) for openid in openids[:3])
        session.execute(update(Follower).where(Follower.openid == openids[0]).values(subscribed=False))
    made = release(audience={"tag": "100"})
    await driver.round()
    assert sorted(accepted(platform)) == sorted(openids[1:3])
    assert states(database, made) == {SENT: 2}


async def test_it_waits_for_its_phase(
    driver: Driver, release: Release, people: People, database: Database, clock: SteppingClock
) -> None:
    people(3)
    made = release(on_phase=PhaseKind.OPINION)
    assert broadcast(database, made).state is BroadcastState.SCHEDULED
    assert not await driver.round()
    with database.writing() as session:
        set_phase(session, "2018", PhaseKind.OPINION, "演练", actor="cli:tester", clock=clock)
    assert await driver.round()
    assert not await driver.round()
    assert states(database, made) == {SENT: 3}


async def test_in_its_phase_it_waits_for_nothing(release: Release, people: People, database: Database) -> None:
    people(3)
    assert broadcast(database, release(on_phase=PhaseKind.COLLECTING)).state is BroadcastState.SENDING


async def test_too_many_failures_stop_it(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    for openid in people(400)[:200]:
        platform.people[openid].following = False
    made = release()
    await driver.round()
    row = broadcast(database, made)
    assert row.state is BroadcastState.PAUSED
    assert states(database, made)[PENDING] >= 100


async def test_only_what_failed_is_sent_again(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    openids = people(30)
    platform.people[openids[0]].following = False
    made = release()
    await driver.round()
    platform.people[openids[0]].following = True
    with database.writing() as session:
        session.execute(update(Follower).values(subscribed=True))
        releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
    await driver.round()
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: 30}


async def _write_to_us(platform: Platform, database: Database, clock: SteppingClock, openids: list[str]) -> None:
    for openid in openids:
        await platform.say(openid, "你好")
    with database.writing() as session:
        for follower in session.scalars(select(Follower).where(Follower.openid.in_(openids))):
            windows.open_by_message(follower, clock.now())
