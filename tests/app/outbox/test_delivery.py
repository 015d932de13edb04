"""Draining the outbox against the stand-in: nothing lost, nothing twice, nobody disturbed at night."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app.broadcasts.gathering import KIND
from app.crypto import Keyring
from app.database import Database
from app.followers.windows import Windows
from app.outbox import insisting, rules
from app.outbox.channels import all_channels
from app.outbox.delivery import AT_ONCE, Courier
from app.outbox.ledger import LOOKAHEAD, Ledger
from app.outbox.outcomes import Accepted
from app.privacy.service import sever
from app.settings import Settings
from app.wechat.client import WeChatClient
from app.writer import Writer
from models import Delivery, Follower
from models.enums import DeliveryState
from tests.app.outbox.conftest import Owe, delivery, follower, said_to, writes
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.sickness import failing
from tests.standin.platform import Platform

ELEVEN_AT_NIGHT = START.replace(hour=15)  # in Shanghai


async def drain(courier: Courier) -> int:
    """Round after round until nothing is due."""
    total = 0
    while taken := await courier.drain():
        total += taken
    return total


async def test_a_message_reaches_the_person(
    courier: Courier, owe: Owe, platform: Platform, database: Database, openid: str
) -> None:
    owe("您的提案 SS2018-0001 已入选。")
    assert await drain(courier) == 1
    assert said_to(platform, openid) == ["您的提案 SS2018-0001 已入选。"]
    row = delivery(database, "您的提案 SS2018-0001 已入选。")
    assert (row.state, row.attempts, row.lease_until) == (DeliveryState.SENT, 1, None)
    assert row.finished_at is not None
    assert follower(database, openid).message_window_used == 1


async def test_one_person_hears_things_in_order(
    courier: Courier, owe: Owe, platform: Platform, openid: str
) -> None:
    for number in range(5):
        owe(f"第{number}条")
    assert await drain(courier) == 5
    assert said_to(platform, openid) == [f"第{number}条" for number in range(5)]


async def test_couriers_of_several_processes_share_without_doubling(
    new_courier: Callable[[], Courier], owe: Owe, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    people = [await writes(platform, database, clock) for _ in range(30)]
    for person in people:
        for number in range(2):
            owe(f"{number} {person}", openid=person)
    await asyncio.gather(*(drain(new_courier()) for _ in range(4)))
    await drain(new_courier())
    assert all(said_to(platform, person) == [f"0 {person}", f"1 {person}"] for person in people)


async def test_a_lost_answer_leaves_it_to_a_person(
    courier: Courier, owe: Owe, platform: Platform, database: Database, openid: str
) -> None:
    owe("先取得令牌")
    await drain(courier)
    owe("也许收到")
    platform.faults.lost_answers = 1
    await drain(courier)
    assert delivery(database, "也许收到").state is DeliveryState.UNKNOWN
    assert await drain(courier) == 0
    assert said_to(platform, openid).count("也许收到") == 1


async def test_a_crash_while_sending_becomes_unknown_and_is_not_repeated(
    courier: Courier,
    owe: Owe,
    platform: Platform,
    database: Database,
    writer: Writer,
    openid: str,
    clock: SteppingClock,
) -> None:
    owe("发送途中断电")
    (message,), _ = writer.run(
        lambda session: courier._ledger.claim(session, AT_ONCE)
    )  # and then the process dies
    assert message.openid == openid
    clock.advance(seconds=rules.LEASE.total_seconds() - 1)
    assert await drain(courier) == 0
    assert delivery(database, "发送途中断电").state is DeliveryState.SENDING
    clock.advance(seconds=2)
    assert await drain(courier) == 0
    row = delivery(database, "发送途中断电")
    assert (row.state, row.error) == (DeliveryState.UNKNOWN, rules.INTERRUPTED)
    assert said_to(platform, openid) == []


async def test_a_database_that_fails_twice_leaves_nothing_in_doubt(
    courier: Courier,
    owe: Owe,
    platform: Platform,
    database: Database,
    openid: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(insisting, "DELAYS", (0, 0, 0))
    owe("一定收到")
    with failing(database, 2):
        assert await drain(courier) == 1
    assert said_to(platform, openid) == ["一定收到"]
    assert delivery(database, "一定收到").state is DeliveryState.SENT


async def test_an_answer_that_comes_after_the_lease_still_tells_the_truth(
    courier: Courier, owe: Owe, database: Database, writer: Writer, clock: SteppingClock
) -> None:
    owe("慢")
    (message,), _ = writer.run(lambda session: courier._ledger.claim(session, AT_ONCE))
    clock.advance(seconds=rules.LEASE.total_seconds() + 1)
    await drain(courier)
    await courier._deliver(message)
    assert delivery(database, "慢").state is DeliveryState.SENT


async def test_night_is_kept_but_for_answers(
    courier: Courier, owe: Owe, platform: Platform, database: Database, openid: str, clock: SteppingClock
) -> None:
    clock.time = ELEVEN_AT_NIGHT
    owe("结果明早说")
    owe("刚才的回答", kind="answer")
    await drain(courier)
    assert said_to(platform, openid) == ["刚才的回答"]
    assert delivery(database, "结果明早说").due_at == ELEVEN_AT_NIGHT + timedelta(hours=9)
    clock.advance(hours=8, minutes=59, seconds=59)
    assert await drain(courier) == 0
    clock.advance(seconds=1)
    assert await drain(courier) == 1


async def test_outside_the_window_nothing_is_tried(
    courier: Courier, owe: Owe, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    clock.advance(hours=48)
    owe("两天没有来信")
    await drain(courier)
    row = delivery(database, "两天没有来信")
    assert (row.state, row.error) == (DeliveryState.SKIPPED, rules.WINDOW_SHUT)
    assert not any(entry.what.endswith("custom/send") for entry in platform.journal.wire)


async def test_the_sixth_message_waits_for_the_next_contact(
    courier: Courier, owe: Owe, platform: Platform, database: Database, openid: str
) -> None:
    for number in range(6):
        owe(f"第{number}条")
    await drain(courier)
    assert len(said_to(platform, openid)) == 5
    assert delivery(database, "第5条").state is DeliveryState.SKIPPED


@pytest.mark.parametrize("errcode", [45015, 45047])
async def test_the_platforms_word_on_windows_holds(
    courier: Courier, owe: Owe, platform: Platform, database: Database, openid: str, errcode: int
) -> None:
    windows = platform.people[openid].windows
    if errcode == 45015:
        windows.clear()
    else:
        windows["message"].left = 0
    owe("我们以为能发")
    owe("这一条不再试")
    await drain(courier)
    row = delivery(database, "我们以为能发")
    assert (row.state, row.errcode) == (DeliveryState.FAILED, errcode)
    assert row.error
    assert delivery(database, "这一条不再试").state is DeliveryState.SKIPPED
    assert sum(entry.what.endswith("custom/send") for entry in platform.journal.wire) == 1


async def test_a_spent_day_resumes_at_midnight_in_beijing(
    courier: Courier, owe: Owe, platform: Platform, database: Database, openid: str, clock: SteppingClock
) -> None:
    platform.quotas.per_day["/cgi-bin/message/custom/send"] = 0
    owe("额度用完", kind="answer")
    await drain(courier)
    owe("同一通道的另一条", kind="answer")
    assert await drain(courier) == 0
    row = delivery(database, "额度用完")
    assert (row.state, row.errcode, row.due_at) == (DeliveryState.PENDING, 45009, START.replace(hour=16))
    platform.quotas.per_day["/cgi-bin/message/custom/send"] = 500_000
    clock.time = START.replace(hour=16)
    assert await drain(courier) == 2
    assert sorted(said_to(platform, openid)) == sorted(["额度用完", "同一通道的另一条"])


async def test_an_account_to_be_mended_loses_nothing(
    courier: Courier, owe: Owe, platform: Platform, database: Database, openid: str, clock: SteppingClock
) -> None:
    platform.account.ip_allow_list = ("10.9.9.9",)
    owe("等白名单")
    await drain(courier)
    row = delivery(database, "等白名单")
    assert (row.state, row.errcode) == (DeliveryState.PENDING, 40164)
    assert "白名单" in (row.error or "")
    platform.account.ip_allow_list = ()
    clock.advance(minutes=2)
    assert await drain(courier) == 1
    assert said_to(platform, openid) == ["等白名单"]


async def test_a_busy_platform_gets_it_later(
    courier: Courier, owe: Owe, platform: Platform, database: Database, openid: str, clock: SteppingClock
) -> None:
    owe("先取得令牌")
    await drain(courier)
    platform.faults.busy = 4
    owe("平台忙")
    await drain(courier)
    assert delivery(database, "平台忙").state is DeliveryState.PENDING
    clock.advance(seconds=5)
    await drain(courier)
    assert said_to(platform, openid)[-1] == "平台忙"


async def test_a_reminder_past_its_time_is_not_sent(
    courier: Courier, owe: Owe, database: Database, clock: SteppingClock
) -> None:
    owe("今天截止", kind="reminder", expires_at=clock.now() + timedelta(hours=1))
    clock.advance(hours=1)
    await drain(courier)
    row = delivery(database, "今天截止")
    assert (row.state, row.error) == (DeliveryState.SKIPPED, rules.EXPIRED)


async def test_what_is_due_later_waits(courier: Courier, owe: Owe, clock: SteppingClock) -> None:
    owe("一小时后", due_at=clock.now() + timedelta(hours=1))
    assert await drain(courier) == 0
    clock.advance(hours=1)
    assert await drain(courier) == 1


async def test_rows_of_others_are_left_alone(courier: Courier, owe: Owe, database: Database) -> None:
    """The ledger also holds what broadcasts send in their own way."""
    owe("一")
    with database.writing() as session:
        session.execute(update(Delivery).values(kind=KIND))
    assert await drain(courier) == 0
    assert delivery(database, "一").state is DeliveryState.PENDING


async def test_rows_that_lead_to_nobody_stand_in_nobodys_way(
    courier: Courier, owe: Owe, platform: Platform, database: Database, openid: str
) -> None:
    for number in range(AT_ONCE * LOOKAHEAD):
        owe(f"{number}")
    with database.writing() as session:
        session.execute(update(Delivery).values(openid=None, body={}))
    owe("您好")
    assert await drain(courier) == 1
    assert said_to(platform, openid) == ["您好"]


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_what_is_recorded_waits_for_who_erases_and_holds_nothing_meanwhile(
    owe: Owe,
    database: Database,
    wechat_client: WeChatClient,
    settings: Settings,
    clock: SteppingClock,
    keyring: Keyring,
) -> None:
    ledger = Ledger(all_channels(wechat_client, keyring), Windows.of(settings.wechat), None, clock)
    owe("您好")
    with database.writing() as session:
        [message] = ledger.claim(session, 1).messages

    def record() -> None:
        with database.writing() as session:
            ledger.record(session, message, Accepted())

    with database.writing() as session:
        person = session.scalars(select(Follower).with_for_update()).one()
        recording = asyncio.create_task(asyncio.to_thread(record))
        await until_somebody_waits(database)
        sever(session, person.id, person.openid)
    await asyncio.wait_for(recording, 10)
    with database.reading() as session:
        assert session.scalars(select(Delivery)).all() == []


async def until_somebody_waits(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(10):
        while True:
            with database.reading() as session:
                if session.scalar(waiting):
                    return
            await asyncio.sleep(0)


def test_writing_does_not_wait_for_a_lock_for_ever(postgres_database: Database) -> None:
    with postgres_database.writing() as session:
        assert session.scalar(text("SHOW lock_timeout")) == "10s"
        assert session.scalar(text("SHOW statement_timeout")) == "0"  # a migration may be long
