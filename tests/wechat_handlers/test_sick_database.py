"""A database that is slow or broken: the platform hears in time, the person hears in the end, once."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from app.writer import Call
from tests.fixtures.service import RunningService
from tests.standin.listeners import News
from tests.standin.platform import Platform
from tests.standin.state import Person

LITTLE_PATIENCE = 0.05
LONGEST_WAIT = 10


@contextmanager
def held_up(service: RunningService) -> Iterator[None]:
    """The writer is busy meanwhile, and the door does not wait long."""
    begun, go_on = threading.Event(), threading.Event()

    def wait(_session: Session) -> None:
        begun.set()
        assert go_on.wait(LONGEST_WAIT)

    service.installation.writer.submit(Call(wait))
    assert begun.wait(LONGEST_WAIT)
    door, patience = service.app.chat_door, service.app.chat_door.patience
    door.patience = LITTLE_PATIENCE
    try:
        yield
    finally:
        door.patience = patience
        go_on.set()


def hear(platform: Platform, person: Person, count: int) -> asyncio.Event:
    """Set once the account has told this person so many things."""
    heard = asyncio.Event()

    async def listen(_news: News) -> None:
        if len(told(person)) == count:
            heard.set()

    platform.listeners.subscribe(listen)
    return heard


def mislay_replies(session: Session) -> None:
    session.execute(sql("ALTER TABLE inbound RENAME TO mislaid"))


def find_replies_again(session: Session) -> None:
    session.execute(sql("ALTER TABLE mislaid RENAME TO inbound"))


def told(person: Person) -> list[str]:
    return [entry.text for entry in person.chat if entry.sender == "account"]


@pytest.fixture
def worker(service: RunningService) -> Person:
    return service.worker()


async def test_a_late_answer_comes_as_a_message_once(service: RunningService, worker: Person) -> None:
    heard = hear(service.platform, worker, 1)
    with held_up(service):
        pushed = await service.platform.say(worker.openid, "我要提案")
        assert (pushed.kind, len(pushed.attempts)) == ("success", 1)
        assert told(worker) == []
    await asyncio.wait_for(heard.wait(), LONGEST_WAIT)
    assert "您同意吗" in told(worker)[0]
    assert "1/8" in await service.says(worker, "同意")
    assert len(told(worker)) == 2
    (row,) = service.dump()["deliveries"]
    assert "SENT" in row


async def test_several_late_answers_come_in_order(service: RunningService, worker: Person) -> None:
    heard = hear(service.platform, worker, 3)
    with held_up(service):
        for said in ("我要提案", "同意", "2"):
            service.clock.advance(seconds=1)
            assert (await service.platform.say(worker.openid, said)).kind == "success"
    await asyncio.wait_for(heard.wait(), LONGEST_WAIT)
    for expected, answer in zip(("您同意吗", "1/8", "2/8"), told(worker), strict=True):
        assert expected in answer


async def test_attempts_repeated_meanwhile_are_one_step(service: RunningService, worker: Person) -> None:
    heard = hear(service.platform, worker, 1)
    service.platform.faults.duplicate = True
    with held_up(service):
        assert (await service.platform.say(worker.openid, "我要提案")).kind == "success"
    await asyncio.wait_for(heard.wait(), LONGEST_WAIT)
    service.platform.faults.duplicate = False
    await service.says(worker, "同意")
    assert len(told(worker)) == 2


async def test_nothing_is_owed_for_what_wants_no_reply(service: RunningService, worker: Person) -> None:
    await service.says(worker, "你好")
    with held_up(service):
        assert (await service.platform.unfollow(worker.openid)).kind == "success"
    await service.installation.write_soon(lambda _session: None)
    assert service.dump()["deliveries"] == []
    assert service.dump()["followers"] == []


async def test_a_broken_database_is_told_and_what_was_written_before_stays(
    service: RunningService, worker: Person
) -> None:
    await service.says(worker, "我要提案", "同意")
    before = service.dump()["drafts"]
    await service.installation.write_soon(mislay_replies)
    assert "没有存上" in await service.says(worker, "2")
    await service.installation.write_soon(find_replies_again)
    assert service.dump()["drafts"] == before
    assert "2/8" in await service.says(worker, "2")


async def test_a_broken_database_found_late_is_told_too(service: RunningService, worker: Person) -> None:
    await service.says(worker, "你好")
    heard = hear(service.platform, worker, 2)
    with held_up(service):
        service.installation.writer.submit(Call(mislay_replies))
        assert (await service.platform.say(worker.openid, "我要提案")).kind == "success"
    await asyncio.wait_for(heard.wait(), LONGEST_WAIT)
    assert "没有存上" in told(worker)[-1]


async def test_a_late_answer_to_somebody_just_erased_is_not_owed(service: RunningService, worker: Person) -> None:
    await service.says(worker, "你好")
    with held_up(service):
        await service.platform.say(worker.openid, "确认删除我的资料")
    await service.installation.write_soon(lambda _session: None)
    await service.installation.write_soon(lambda _session: None)  # whatever the late answer set off is done by now
    assert worker.openid not in str(service.dump())


async def test_a_retry_of_the_erasure_hears_the_same(service: RunningService, worker: Person) -> None:
    await service.says(worker, "你好")
    first = await service.says(worker, "确认删除我的资料")
    assert await service.says(worker, "确认删除我的资料") == first
