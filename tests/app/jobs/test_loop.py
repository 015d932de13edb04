"""The standing loop: wakes at once, survives errors, finishes what is under way, keeps house by the hour."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.crypto import Keyring
from app.database import Database
from app.jobs.housekeeping import SLICE, Chore
from app.jobs.loop import Jobs
from app.outbox import service
from app.outbox.channels import all_channels
from app.outbox.delivery import Courier
from app.settings import Settings
from app.wechat.client import WeChatClient
from app.writer import Writer
from models.enums import DeliveryState
from tests.app.outbox.conftest import delivery, said_to, writes
from tests.fixtures.clocks import SteppingClock
from tests.standin.listeners import News
from tests.standin.platform import Platform

Build = Callable[..., Jobs]


@pytest.fixture
def wake() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def build(
    wechat_client: WeChatClient,
    writer: Writer,
    clock: SteppingClock,
    settings: Settings,
    keyring: Keyring,
    wake: asyncio.Event,
) -> Build:
    def build(*chores: Chore) -> Jobs:
        courier = Courier.of(settings, all_channels(wechat_client, keyring), writer, clock)
        return Jobs(courier, writer, clock, wake, chores)

    return build


@asynccontextmanager
async def running(jobs: Jobs) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(jobs.run())
    yield task
    jobs.stop()
    await asyncio.wait_for(task, 10)


async def test_what_is_owed_leaves_when_the_loop_is_woken(
    build: Build, platform: Platform, database: Database, clock: SteppingClock, wake: asyncio.Event
) -> None:
    openid = await writes(platform, database, clock)
    arrived = hear(platform)
    async with running(build()):
        owe(database, openid, "您好", clock.now())
        wake.set()
        await asyncio.wait_for(arrived.wait(), 10)
    assert said_to(platform, openid) == ["您好"]


async def test_a_round_that_fails_is_logged_and_ends_nothing(
    build: Build, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    openid = await writes(platform, database, clock)
    owe(database, openid, "您好", clock.now())
    arrived = hear(platform)

    def fail(_session: Session, _now: datetime) -> int:
        raise ValueError("a chore with a mistake")

    with capture_logs() as lines:
        async with running(build(fail)):
            await asyncio.wait_for(arrived.wait(), 10)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["round failed"]


async def test_what_is_under_way_is_finished_before_the_loop_ends(
    build: Build, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    openid = await writes(platform, database, clock)
    owe(database, openid, "您好", clock.now())
    jobs, under_way = build(), asyncio.Event()

    async def stop_meanwhile(_news: News) -> None:
        jobs.stop()
        under_way.set()

    platform.listeners.subscribe(stop_meanwhile)
    await asyncio.wait_for(jobs.run(), 10)
    assert under_way.is_set()
    assert delivery(database, "您好").state is DeliveryState.SENT


async def test_the_house_is_kept_at_the_start_and_every_hour(build: Build, clock: SteppingClock) -> None:
    times: list[datetime] = []

    def chore(_session: Session, now: datetime) -> int:
        times.append(now)
        return 0

    jobs, began = build(chore), clock.now()
    for minutes in (0, 59, 1, 59, 1):
        clock.advance(minutes=minutes)
        await jobs._round()
    assert times == [began + timedelta(hours=number) for number in range(3)]


async def test_a_long_chore_is_done_in_slices(build: Build) -> None:
    left = [SLICE, SLICE, 3]
    await build(lambda _session, _now: left.pop(0))._round()
    assert left == []


def owe(database: Database, openid: str, text: str, now: datetime) -> None:
    more = {"channel": "customer", "kind": "answer", "due_at": now}
    with database.writing() as session:
        service.enqueue(session, key=text, openid=openid, body={"text": text}, **more)  # type: ignore[arg-type]


def hear(platform: Platform) -> asyncio.Event:
    """Set once something has reached a chat."""
    arrived = asyncio.Event()

    async def listen(news: News) -> None:
        if news.kind == "chat":
            arrived.set()

    platform.listeners.subscribe(listen)
    return arrived
