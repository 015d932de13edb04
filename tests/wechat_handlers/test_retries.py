"""What is pushed again moves nothing and gets the same answer: in parallel, elsewhere, after a restart."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.database import Database
from app.main import Service
from app.settings import Settings
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import RunningService, StartService, load_campaign
from tests.wechat_handlers import callback
from tests.wechat_handlers.callback import event, text
from tests.wechat_handlers.conftest import Moved, Push

BEGINNING = ("我要提案", "同意", "2", "为早班环卫工建爱心早餐站")


@pytest.fixture
async def replica(service: RunningService, start_service: StartService) -> AsyncIterator[Service]:
    """A second service on the same database."""
    async with start_service(service.settings) as app:
        yield app


async def begin(push: Push, openid: str = callback.OPENID) -> None:
    """Up to the summary, which takes several messages."""
    for number, said in enumerate(BEGINNING):
        await push(text(said, openid=openid, msg_id=number + 1))


async def test_three_attempts_one_after_another_are_one_step(push: Push, rows: Moved) -> None:
    await begin(push)
    message = text("在道班附近发早餐。", msg_id=99)
    first, after_first = await push(message), rows()
    assert "现在有 9 个字" in first
    assert [await push(message), await push(message)] == [first, first]
    assert rows() == after_first


async def test_three_attempts_at_once_are_one_step(push: Push, rows: Moved) -> None:
    await begin(push)
    message = text("在道班附近发早餐。", msg_id=99)
    replies = await asyncio.gather(*(push(message) for _ in range(3)))
    assert "现在有 9 个字" in replies[0]
    assert {*replies} == {replies[0]}
    assert str(rows()["drafts"]).count("在道班附近发早餐") == 1


async def test_submitting_three_times_at_once_gives_one_number(
    service: RunningService, push: Push, replica: Service
) -> None:
    await begin(push)
    rest = ("在道班附近发早餐。", "完", "一年服务五百人", "跳过", "跳过", "王师傅", "跳过")
    for number, said in enumerate(rest):
        await push(text(said, msg_id=100 + number))
    attempts = [push(text("提交", msg_id=200), app) for app in (service.app, replica, service.app)]
    replies = await asyncio.gather(*attempts)
    assert "SS2018-0001" in replies[0]
    assert {*replies} == {replies[0]}
    assert len(service.dump()["proposals"]) == 1


async def test_after_a_restart_the_answer_is_the_same(
    database: Database, service_settings: Settings, start_service: StartService, clock: SteppingClock
) -> None:
    load_campaign(database, clock)
    now, replies = clock.wall().timestamp(), []
    for _ in range(2):
        async with start_service(service_settings) as app:
            replies.append(await callback.push(app, service_settings, text("我要提案"), now))
    assert "您同意吗" in replies[0]
    assert replies[1] == replies[0]


async def test_a_newcomer_met_by_two_replicas_at_once_is_met_once(
    service: RunningService, push: Push, replica: Service
) -> None:
    """Also where the very same request reaches both."""
    for number in range(10):
        openid = f"oNewcomer{number}"
        message = text("我要提案", openid=openid)
        request = callback.Forge.of(service.settings, service.clock.wall().timestamp()).safe(message)
        identical = [callback.send(app, request) for app in (service.app, replica)]
        fresh, answers = await asyncio.gather(
            asyncio.gather(push(message), push(message, replica)), asyncio.gather(*identical)
        )
        replies = [*fresh, *(callback.reply_in(answer, service.settings) for answer in answers)]
        assert "您同意吗" in replies[0]
        assert {*replies} == {replies[0]}
    assert len(service.dump()["drafts"]) == 10


async def test_two_people_with_one_message_id_are_both_answered(push: Push) -> None:
    first = await push(text("我要提案", openid="oFirst", msg_id=7))
    second = await push(text("帮助", openid="oSecond", msg_id=7))
    assert "您同意吗" in first
    assert "您可以随时发这些话给我" in second


async def test_different_events_of_one_second_are_different(push: Push) -> None:
    asked = await push(event("CLICK", key="PROPOSE"))
    helped = await push(event("CLICK", key="HELP"))
    assert "您同意吗" in asked
    assert "您可以随时发这些话给我" in helped
    assert await push(event("CLICK", key="PROPOSE")) == asked


async def test_names_of_events_are_read_in_any_case(push: Push) -> None:
    assert "您同意吗" in await push(event("click", key="PROPOSE"))
    assert "欢迎" in await push(event("SUBSCRIBE", openid="oNew"))


async def test_messages_without_an_id_are_told_apart_by_what_they_say(push: Push) -> None:
    await push(text("我要提案", msg_id=""))
    assert "1/8" in await push(text("同意", msg_id=""))
    assert "2/8" in await push(text("2", msg_id=""))


async def test_replicas_taking_turns_keep_one_persons_order(
    service: RunningService, push: Push, replica: Service
) -> None:
    said = (
        *BEGINNING,
        "第一段。",
        "第二段。",
        "完",
        "一年服务五百人",
        "5545345551",
        "跳过",
        "王师傅",
        "13800138000",
        "提交",
    )
    apps = (service.app, replica)
    for number, words in enumerate(said):
        reply = await push(text(words, at=1512093600 + number, msg_id=number + 1), apps[number % 2])
    assert "SS2018-0001" in reply
    (proposal,) = service.dump()["proposals"]
    assert "第一段。\\n第二段。" in proposal


async def test_six_pieces_through_two_replicas_at_once_are_joined_in_order(
    service: RunningService, push: Push, replica: Service
) -> None:
    await begin(push)
    apps = (service.app, replica)
    pieces = [
        push(text(f"第{number}段。", at=1512093600 + number // 2, msg_id=100 + number), apps[number % 2])
        for number in (3, 0, 5, 1, 4, 2)
    ]
    await asyncio.gather(*pieces)
    await push(text("完", at=1512093610, msg_id=200))
    (draft,) = service.dump()["drafts"]
    assert "\\n".join(f"第{number}段。" for number in range(6)) in draft


async def test_many_people_at_once_each_get_their_own_next_question(
    service: RunningService, push: Push, replica: Service
) -> None:
    people, apps = [f"oPerson{number:02d}" for number in range(20)], (service.app, replica)
    for step, (said, expected) in enumerate(zip(BEGINNING, ("同意吗", "哪个类别", "名称", "简介"), strict=True)):
        replies = await asyncio.gather(
            *(push(text(said, openid=openid, msg_id=step + 1), apps[n % 2]) for n, openid in enumerate(people))
        )
        assert all(expected in reply for reply in replies)


async def test_what_wants_no_reply_gets_success(service: RunningService, push: Push) -> None:
    for message in (
        text("?", MsgType="hologram", Content="x"),
        event("LOCATION", Latitude="31.26", Longitude="121.52", Precision="65"),
        event("VIEW", key="https://example.test/", MenuId="1"),
        event("TEMPLATESENDJOBFINISH", MsgID="200163836", Status="failed:user block"),
        event("subscribe_msg_change_event"),
        event("verify_expired", ExpiredTime="1442400900"),
        event("never heard of"),
        event("unsubscribe"),
    ):
        assert [await push(message), await push(message)] == ["", ""]
    assert service.dump()["drafts"] == []


async def test_news_of_the_platform_makes_nobody_known(service: RunningService, push: Push) -> None:
    """Nor does it bring back somebody who was erased."""
    await push(text("我要提案"))
    await push(event("unsubscribe"))
    await push(event("TEMPLATESENDJOBFINISH", MsgID="1", Status="failed:user block"))
    await push(event("MASSSENDJOBFINISH", openid="mphelper", MsgID="2", Status="send success"))
    assert service.dump()["followers"] == []
    assert service.dump()["inbound"] == []
