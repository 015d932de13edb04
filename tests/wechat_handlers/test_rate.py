"""Too much from one person: told kindly, nothing moved, and nobody else waits for it."""

import asyncio

from app.main import Service
from app.settings import ChatSettings
from tests.fixtures.service import RunningService, StartService
from tests.wechat_handlers.callback import text
from tests.wechat_handlers.conftest import Moved, Push

LIMIT = 60
FLOOD = 1000


def of(rows: dict[str, list[str]]) -> list[list[str]]:
    return [rows["drafts"], rows["proposals"], rows["deliveries"]]


async def test_the_sixty_first_message_of_a_minute_is_not_taken(
    service: RunningService, push: Push, rows: Moved
) -> None:
    for number in range(LIMIT):
        assert "有点快" not in await push(text("我要提案", msg_id=number + 1))
    before = of(rows())
    too_much = text("同意", msg_id=LIMIT + 1)
    assert "有点快" in await push(too_much)
    assert of(rows()) == before
    service.clock.advance(minutes=1)
    assert "有点快" in await push(too_much)
    assert "1/8" in await push(text("同意", msg_id=LIMIT + 2))


async def test_repeated_attempts_are_not_counted(push: Push) -> None:
    message = text("我要提案", msg_id=1)
    for _ in range(LIMIT + 5):
        await push(message)
    assert "1/8" in await push(text("同意", msg_id=2))


async def test_nought_is_no_limit(service: RunningService, start_service: StartService, push: Push) -> None:
    unlimited = service.settings.model_copy(update={"chat": ChatSettings(per_minute=0)})
    async with start_service(unlimited) as app:
        replies = [await push(text("帮助", msg_id=number + 1), app) for number in range(LIMIT + 5)]
    assert not any("有点快" in reply for reply in replies)


async def test_a_flood_from_one_leaves_the_others_answered(service: RunningService, push: Push) -> None:
    flood = asyncio.gather(*(flooding(push, service.app, lane) for lane in range(20)))
    for number in range(10):
        others = text("我要提案", openid=f"oOther{number}")
        assert "您同意吗" in await asyncio.wait_for(push(others), service.app.chat_door.patience)
    replies = [reply for lane in await flood for reply in lane]
    assert sum("有点快" in reply for reply in replies) == FLOOD - LIMIT
    assert len(service.dump()["drafts"]) == 10


async def flooding(push: Push, app: Service, lane: int) -> list[str]:
    return [await push(text("你好", msg_id=1 + lane * 50 + number), app) for number in range(FLOOD // 20)]
