"""A subscription account reaches a group of ours by a tag made for it: all of them, nobody else, once."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from app.broadcasts import releasing
from app.broadcasts.batches import GONE, LEASE
from app.broadcasts.desk import Desk
from app.broadcasts.driving import Driver
from app.broadcasts.job_tags import AFTER_THE_END, UNUSED, told
from app.broadcasts.keys import next_job
from app.broadcasts.recipients import NOT_FOLLOWING
from app.broadcasts.tag_ledger import Step
from app.broadcasts.tagging import CALLS
from app.broadcasts.untagging import TagKeeper
from app.broadcasts.verdicts import FAILING
from app.crypto import Keyring
from app.database import Database
from app.followers.tags import is_temporary
from app.operators.queries import Account
from app.outbox import endings
from app.outbox.channels.tags import MassTags
from app.settings import AccountKind, Settings
from app.wechat import users
from app.wechat.client import WeChatClient
from app.writer import Writer
from models import Action, Delivery, Follower, FollowerTag, JobTag
from models.enums import BroadcastState, DeliveryState
from tests.app.broadcasts.conftest import Release, accepted, broadcast, states
from tests.fixtures.clocks import START, SteppingClock
from tests.standin.platform import Platform

People = Callable[[int], list[str]]
SENT, FAILED, SKIPPED, PENDING = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.SKIPPED,
    DeliveryState.PENDING,
)
CREATE, PUT_ON, SEND = (
    "/cgi-bin/tags/create",
    "/cgi-bin/tags/members/batchtagging",
    "/cgi-bin/message/mass/sendall",
)
THEIRS = 100  # a tag that the account has made by itself


@pytest.fixture
def settings(settings: Settings) -> Settings:
    account = settings.wechat.model_copy(update={"account_kind": AccountKind.SUBSCRIPTION})
    return settings.model_copy(update={"wechat": account})


@pytest.fixture(autouse=True)
def their_tag(platform: Platform) -> None:
    platform.stores.tags[THEIRS] = "环卫"


@pytest.fixture
async def token(wechat_client: WeChatClient) -> None:
    """There is one already: what is lost or refused is the call that is meant."""
    await users.followers_after(wechat_client)


@pytest.fixture
def keeper(wechat_client: WeChatClient, writer: Writer, clock: SteppingClock) -> TagKeeper:
    return TagKeeper(MassTags(wechat_client), writer, clock)


def ours(platform: Platform) -> dict[int, str]:
    """The tags on the platform that we have made."""
    return {tag: name for tag, name in platform.stores.tags.items() if is_temporary(name)}


def rows(database: Database) -> list[JobTag]:
    with database.reading() as session:
        return list(session.scalars(select(JobTag).order_by(JobTag.id)))


def delivery_to(database: Database, openid: str) -> Delivery:
    with database.reading() as session:
        return session.scalars(select(Delivery).where(Delivery.openid == openid)).one()


def ended(database: Database, platform: Platform, clock: SteppingClock) -> None:
    """The platform has told how its jobs ended."""
    with database.writing() as session:
        for job in platform.stores.mass:
            endings.ended(session, "mass", str(job), succeeded=True, status="send success", now=clock.now())


async def test_a_group_gets_it_and_nobody_else(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(150)
    made = release("mass", {"openids": openids[:120]})
    assert await driver.round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids[:120])
    assert states(database, made) == {SENT: 120}
    assert broadcast(database, made).state is BroadcastState.DONE
    (tag,) = ours(platform)
    (row,) = rows(database)
    assert (row.tag_id, row.name, row.tagged) == (tag, ours(platform)[tag], 120)
    assert [platform.quotas.used(path) for path in (CREATE, PUT_ON, SEND)] == [1, 3, 1]
    (job,) = platform.stores.mass.values()
    assert (job.to_all, job.key) == (False, f"b{made}-0")


@pytest.mark.parametrize("audience", [{"all": True}, {"tag": str(THEIRS)}])
async def test_what_the_platform_can_reach_by_itself_needs_no_tag(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    audience: dict[str, object],
) -> None:
    openids = people(3)
    for openid in openids:
        platform.people[openid].tags.append(THEIRS)
    with database.writing() as session:
        ids = session.scalars(select(Follower.id)).all()
        session.add_all(FollowerTag(follower_id=one, tag_id=THEIRS) for one in ids)
    made = release("mass", audience)
    await driver.round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: 3}
    assert platform.quotas.used(CREATE) == 0
    assert rows(database) == []


@pytest.mark.parametrize("seed", range(4))
async def test_killed_between_two_pages_it_goes_on_there(
    new_driver: Callable[[], Driver],
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    writers: list[Writer],
    seed: int,
) -> None:
    openids = people(1000)
    made = release("mass", {"openids": openids[:900]})
    chance = Random(seed)
    for calls in (1, 9, 17):
        running = asyncio.create_task(new_driver().round())
        while platform.quotas.used(PUT_ON) < calls:
            await asyncio.sleep(0)
        for _ in range(chance.randrange(20)):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.to_thread(writers[-1].stop)
        clock.advance(seconds=LEASE.total_seconds() + 1)
        assert states(database, made) == {PENDING: 900}
    await new_driver().round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids[:900])
    assert states(database, made) == {SENT: 900}
    assert len(platform.stores.mass) == 1
    (row,) = rows(database)
    assert ours(platform) == {row.tag_id: row.name}
    assert row.tagged == 900, "nobody is counted twice"
    assert 18 <= platform.quotas.used(PUT_ON) <= 18 + 3 * CALLS, "what was under way is done again, and no more"


async def test_a_tag_whose_making_was_never_answered_is_found_again(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    token: None,
) -> None:
    made = release("mass", {"openids": people(2)})
    platform.faults.lost_answers = 1
    await driver.round()
    row = broadcast(database, made)
    assert (row.state, row.stopped_for) == (BroadcastState.SENDING, "微信平台没有回应。")
    assert not accepted(platform)
    clock.advance(minutes=1)
    await driver.round()
    assert states(database, made) == {SENT: 2}
    assert len(ours(platform)) == 1
    assert platform.quotas.used(CREATE) == 2


async def test_whom_the_platform_does_not_tag_is_told_with_the_reason(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    openids = people(120)
    full, away, gone, strange = openids[3], openids[60], openids[7], "o-of-another-account"
    platform.people[full].tags += range(200, 220)
    platform.people[away].following = False
    with database.writing() as session:
        session.execute(update(Follower).where(Follower.openid == gone).values(subscribed=False))
        session.add(Follower(openid=strange, subscribed=True, created_at=clock.now()))
    made = release("mass", {"openids": [*openids, strange]})
    await driver.round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(set(openids) - {full, away, gone})
    assert states(database, made) == {SENT: 117, FAILED: 3, SKIPPED: 1}
    assert {one: delivery_to(database, one).errcode for one in (full, away, strange)} == {
        full: 45059,
        away: 45171,
        strange: 49003,
    }
    assert "20 个" in (delivery_to(database, full).error or "")
    assert delivery_to(database, gone).error == NOT_FOLLOWING
    assert rows(database)[0].tagged == 117


async def test_one_who_spoils_a_whole_call_spoils_nothing(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(60)
    made = release("mass", {"openids": openids})
    platform.refusals[PUT_ON] += [49003]
    await driver.round()
    assert states(database, made) == {SENT: 60}
    assert platform.quotas.used(PUT_ON) == 3  # one page of two, and the other one in halves


async def test_a_failure_that_names_nobody_is_looked_into(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    made = release("mass", {"openids": people(3)})
    platform.refusals[PUT_ON] += [45171]
    await driver.round()
    assert states(database, made) == {SENT: 3}
    assert platform.quotas.used(PUT_ON) == 3  # each alone


async def test_who_left_while_it_was_tagged_is_skipped(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database, token: None
) -> None:
    openids = people(4)
    made = release("mass", {"openids": openids})
    platform.refusals[CREATE] += [45056]
    await driver.round()
    with database.writing() as session:
        session.execute(update(Follower).where(Follower.openid == openids[0]).values(subscribed=False))
        session.execute(update(Delivery).where(Delivery.openid == openids[1]).values(openid=None))
        releasing._go_on(session, session.merge(broadcast(database, made)), driver._batches.clock)
    await driver.round()
    assert states(database, made) == {SENT: 2, SKIPPED: 2}
    with database.reading() as session:
        reasons = set(session.scalars(select(Delivery.error).where(Delivery.state == SKIPPED)))
    assert reasons == {NOT_FOLLOWING, GONE}


async def test_an_account_with_a_hundred_tags_has_a_person_look(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    made = release("mass", {"openids": people(2)})
    platform.stores.tags.update({number: f"标签{number}" for number in range(THEIRS, THEIRS + 100)})
    await driver.round()
    row = broadcast(database, made)
    assert (row.state, "100 个" in (row.stopped_for or "")) == (BroadcastState.PAUSED, True)
    assert states(database, made) == {PENDING: 2}
    del platform.stores.tags[150]
    with database.writing() as session:
        releasing.resume(session, made, by=hands["周敏"], clock=clock)
    await driver.round()
    assert states(database, made) == {SENT: 2}


@pytest.mark.parametrize(("path", "errcode"), [(PUT_ON, 45159), (SEND, 40152)])
async def test_one_that_somebody_deleted_by_hand_is_made_anew(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    path: str,
    errcode: int,
) -> None:
    openids = people(3)
    made = release("mass", {"openids": openids})
    platform.refusals[path] += [errcode]
    await driver.round()
    assert broadcast(database, made).state is BroadcastState.PAUSED
    with database.writing() as session:
        releasing.resume(session, made, by=hands["周敏"], clock=clock)
    await driver.round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids)
    assert [row.job for row in rows(database)] == [f"b{made}-0"] * 2
    assert [row.left_at is None for row in rows(database)] == [False, True]


async def test_it_rests_when_the_day_is_used_up_and_no_tag_stays_overnight(
    driver: Driver,
    keeper: TagKeeper,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
) -> None:
    openids = people(3)
    made = release("mass", {"openids": openids})
    platform.refusals[SEND] += [45028]
    await driver.round()
    assert broadcast(database, made).goes_on_at == START.replace(hour=16, minute=0)
    clock.advance(minutes=30)
    assert await keeper.tend() == 0, "it may go on before long"
    clock.advance(seconds=UNUSED.total_seconds())
    assert await keeper.tend() == 1
    assert ours(platform) == {}
    clock.time = START.replace(hour=0, minute=1) + timedelta(days=1)
    await driver.round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids)
    assert len(ours(platform)) == 1


async def test_too_many_refusals_stop_it(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(30)
    for openid in openids[:20]:
        platform.people[openid].following = False
    made = release("mass", {"openids": openids})
    await driver.round()
    row = broadcast(database, made)
    assert (row.state, row.stopped_for) == (BroadcastState.PAUSED, FAILING)
    assert platform.quotas.used(SEND) == 0


async def test_it_goes_soon_after_the_platform_told_that_the_job_ended(
    driver: Driver,
    keeper: TagKeeper,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
) -> None:
    openids = people(3)
    platform.people[openids[0]].tags.append(THEIRS)
    made = release("mass", {"openids": openids})
    await driver.round()
    await platform.settle()
    clock.advance(minutes=11)
    assert await keeper.tend() == 0, "the platform may be at it still"
    ended(database, platform, clock)
    assert await keeper.tend() == 0
    clock.advance(seconds=AFTER_THE_END.total_seconds())
    assert await keeper.tend() == 1
    assert platform.stores.tags == {THEIRS: "环卫"}
    assert platform.people[openids[0]].tags == [THEIRS]
    (row,) = rows(database)
    assert row.gone_at == clock.wall()
    assert await keeper.tend() == 0
    with database.reading() as session:
        deeds = session.scalars(select(Action.verb).where(Action.actor == "driver").order_by(Action.id)).all()
        assert "已经从公众号删掉" in told(session, made)
    assert deeds == ["broadcast.tag", "broadcast.untag"]


async def test_without_a_word_of_the_platform_it_goes_after_two_hours(
    driver: Driver, keeper: TagKeeper, release: Release, people: People, platform: Platform, clock: SteppingClock
) -> None:
    release("mass", {"openids": people(2)})
    await driver.round()
    clock.advance(seconds=UNUSED.total_seconds() - 1)
    assert await keeper.tend() == 0
    clock.advance(seconds=1)
    assert await keeper.tend() == 1
    assert ours(platform) == {}


async def test_of_what_was_cancelled_nothing_stays(
    driver: Driver,
    keeper: TagKeeper,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    made = release("mass", {"openids": people(1000)})
    running = asyncio.create_task(driver.round())
    while platform.quotas.used(PUT_ON) < 3:
        await asyncio.sleep(0)
    with database.writing() as session:
        releasing.cancel(session, made, by=hands["周敏"], clock=clock)
    await running
    assert platform.quotas.used(SEND) == 0
    assert states(database, made) == {SKIPPED: 1000}
    clock.advance(seconds=LEASE.total_seconds() + 1)
    assert await keeper.tend() == 1
    assert ours(platform) == {}


async def test_what_a_process_is_at_is_left_alone(
    driver: Driver,
    keeper: TagKeeper,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
) -> None:
    made = release("mass", {"openids": people(500)})
    with database.writing() as session:
        assert driver._batches.begin(session) == made
        while driver._slice(session, made):
            pass
        job = next_job(session, made)
        assert job
        assert isinstance(driver._tagger._ledger.next(session, job, 400), Step)
    clock.advance(seconds=UNUSED.total_seconds())
    with database.writing() as session:
        driver._batches.held(session, made)
    assert await keeper.tend() == 0


async def test_only_what_bears_our_name_is_deleted(
    driver: Driver, keeper: TagKeeper, release: Release, people: People, platform: Platform, clock: SteppingClock
) -> None:
    release("mass", {"openids": people(2)})
    await driver.round()
    (tag,) = ours(platform)
    platform.stores.tags[tag] = "同事改的名"
    clock.advance(seconds=UNUSED.total_seconds())
    assert await keeper.tend() == 1
    assert platform.stores.tags == {THEIRS: "环卫", tag: "同事改的名"}


async def test_what_too_many_bear_is_taken_off_before(
    driver: Driver, keeper: TagKeeper, release: Release, people: People, platform: Platform, clock: SteppingClock
) -> None:
    platform.account.most_bearers, platform.account.user_page = 100, 60
    release("mass", {"openids": people(230)})
    await driver.round()
    clock.advance(seconds=UNUSED.total_seconds())
    assert await keeper.tend() == 1
    assert ours(platform) == {}
    assert not any(person.tags for person in platform.people.values())


async def test_what_cannot_be_deleted_now_is_tried_again(
    driver: Driver, keeper: TagKeeper, release: Release, people: People, platform: Platform, clock: SteppingClock
) -> None:
    release("mass", {"openids": people(2)})
    await driver.round()
    clock.advance(seconds=UNUSED.total_seconds())
    platform.refusals["/cgi-bin/tags/delete"] += [45009]
    assert await keeper.tend() == 0
    assert len(ours(platform)) == 1
    clock.advance(minutes=6)
    assert await keeper.tend() == 1
    assert ours(platform) == {}


async def test_a_job_that_is_sent_anew_has_a_tag_of_its_own(
    driver: Driver,
    keeper: TagKeeper,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    openids = people(3)
    platform.people[openids[0]].tags += range(200, 220)
    made = release("mass", {"openids": openids})
    platform.refusals[SEND] += [45002]
    await driver.round()
    assert states(database, made) == {FAILED: 3}
    assert await keeper.tend() == 1, "no job came of it"
    platform.people[openids[0]].tags.clear()
    with database.writing() as session:
        releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
    await driver.round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: 3}
    assert [row.job for row in rows(database)] == [f"b{made}-0", f"b{made}-0r"]


async def test_whoever_is_sent_it_anew_has_a_job_of_their_own_after_the_others(
    driver: Driver,
    keeper: TagKeeper,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    openids = people(60)
    platform.people[openids[0]].tags += range(200, 220)
    made = release("mass", {"openids": openids})
    platform.refusals[SEND] += [45028]
    await driver.round()
    assert states(database, made) == {PENDING: 59, FAILED: 1}
    platform.people[openids[0]].tags.clear()
    with database.writing() as session:
        releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
    assert await keeper.tend() == 1, "who belongs to it is another now"
    for day in (1, 2):
        clock.time = START.replace(hour=0, minute=1) + timedelta(days=day)
        await driver.round()
        await platform.settle()
        assert len(accepted(platform)) == (59, 60)[day - 1]
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: 60}
    assert [row.job for row in rows(database)][:2] == [f"b{made}-0"] * 2
    assert {row.job for row in rows(database)[2:]} == {f"b{made}-0r"}


async def test_what_a_process_that_was_away_makes_once_more_goes_again(
    new_driver: Callable[[], Driver],
    keeper: TagKeeper,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
) -> None:
    made = release("mass", {"openids": people(2)})
    away = new_driver()
    with database.writing() as session:
        assert away._batches.begin(session) == made
        while away._slice(session, made):
            pass
        job = next_job(session, made)
        assert job
        step = away._tagger._ledger.next(session, job, 400)
        assert isinstance(step, Step)
    clock.advance(minutes=1)
    await new_driver().round()
    assert states(database, made) == {SENT: 2}
    clock.advance(seconds=UNUSED.total_seconds())
    assert await keeper.tend() == 1
    platform.stores.tags[107] = step.name
    with database.writing() as session:
        away._tagger._ledger.made(session, step, 107)
        away._tagger._ledger.put_on(session, step, {})
    assert await keeper.tend() == 1
    assert ours(platform) == {}


async def test_a_driver_that_is_stopped_lets_another_go_on_at_once(
    new_driver: Callable[[], Driver], release: Release, people: People, platform: Platform, database: Database
) -> None:
    openids = people(1000)
    made = release("mass", {"openids": openids})
    first = new_driver()
    running = asyncio.create_task(first.round())
    while platform.quotas.used(PUT_ON) < 3:
        await asyncio.sleep(0)
    first.stop()
    await running
    assert broadcast(database, made).lease_until is None
    assert await new_driver().round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids)
    assert platform.quotas.used(PUT_ON) == 20


def test_the_plan_tells_what_the_tag_takes(
    release: Release,
    people: People,
    database: Database,
    settings: Settings,
    keyring: Keyring,
    clock: SteppingClock,
) -> None:
    push = settings.push.model_copy(update={"per_second": 2})
    desk = Desk.of(settings.model_copy(update={"push": push}), keyring, clock)
    openids = people(1000)
    listed, everybody = release("mass", {"openids": openids}), release("mass")
    with database.reading() as session:
        plan = desk.plan(session, broadcast(database, listed))
        assert plan.tag_calls == 21
        assert plan.ends_at == clock.now() + timedelta(seconds=10.5)
        assert any("临时标签，打到这 1000 人身上（调用平台 21 次" in warning for warning in plan.warnings)
        assert desk.plan(session, broadcast(database, everybody)).tag_calls == 0
