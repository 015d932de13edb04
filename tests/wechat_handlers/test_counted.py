"""Turns are counted by what was pushed and what became of it, never by what was said."""

import asyncio

from tests.fixtures.counts import Since
from tests.fixtures.service import RunningService
from tests.wechat_handlers import callback
from tests.wechat_handlers.conftest import Push
from tests.wechat_handlers.test_sick_database import LONGEST_WAIT, hear, held_up, mislay_replies

TURNS, LATE = "shishi_turns", "shishi_late_answers"


async def test_turns_by_kind_and_outcome(service: RunningService, push: Push, since: Since) -> None:
    worker = service.worker()
    await service.platform.follow(worker.openid)
    await service.says(worker, "我要提案", "不同意" * 700)
    await service.platform.unfollow(worker.openid)
    await push(callback.text("你好", MsgType="something_new"))
    counted = since(TURNS)
    assert counted[("event", "replied")] == 1
    assert counted[("event", "silent")] == 1
    assert counted[("text", "replied")] == 2
    assert sum(value for (kind, _), value in counted.items() if kind == "other") == 1
    assert since("shishi_refusals") == {}


async def test_a_retry_and_a_hurry_are_told_apart(service: RunningService, push: Push, since: Since) -> None:
    for _ in range(2):
        await push(callback.text("帮助", msg_id=7))
    assert since(TURNS) == {("text", "replied"): 1, ("text", "repeated"): 1}
    limit = service.settings.chat.per_minute
    for number in range(limit):
        await push(callback.text("帮助", msg_id=100 + number))
    assert since(TURNS)[("text", "too_fast")] == 1


async def test_what_is_refused_at_the_door_is_no_turn(service: RunningService, since: Since) -> None:
    answer = await callback.send(service.app, callback.Request((), b"<xml/>"))
    assert answer.status_code == 403
    await callback.send(service.app, callback.Request((), b"x" * 70_000))
    assert since("shishi_refusals") == {("403",): 1, ("413",): 1}
    assert since(TURNS) == {}


async def test_late_answers_and_what_became_of_them(service: RunningService, since: Since) -> None:
    worker, leaving = service.worker(), service.worker("李秀英")
    heard = hear(service.platform, worker, 1)
    with held_up(service):
        await service.platform.say(worker.openid, "帮助")
        await service.platform.unfollow(leaving.openid)
    await asyncio.wait_for(heard.wait(), LONGEST_WAIT)
    await service.installation.write_soon(lambda _session: None)
    assert since(TURNS) == {("text", "late"): 1, ("event", "late"): 1}
    assert since(LATE) == {("owed",): 1, ("not_owed",): 1}


async def test_what_could_not_be_stored(service: RunningService, since: Since) -> None:
    worker = service.worker()
    await service.installation.write_soon(mislay_replies)
    await service.says(worker, "帮助")
    assert since(TURNS) == {("text", "failed"): 1}


async def test_a_channel_that_rests(service: RunningService, since: Since) -> None:
    worker = service.worker()
    await service.says(worker, "你好")
    service.platform.refusals["/cgi-bin/message/custom/send"] = [45009]
    with held_up(service):
        await service.platform.say(worker.openid, "帮助")
    async with asyncio.timeout(LONGEST_WAIT):
        while not since("shishi_sending_rests"):
            await asyncio.sleep(0.01)
    assert since("shishi_sending_rests") == {("quota", "outbox"): 1}
    assert since("shishi_sends") == {("customer", "quota"): 1}
