"""Messages of one person that the writer takes in one go: each sees what those before it did."""

import asyncio
import threading

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.writer import Call
from models import Draft
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import RunningService
from tests.standin.state import Person

LONGEST_WAIT = 10


async def say_together(service: RunningService, worker: Person, *texts: str) -> list[str]:
    """Said one after another, while the writer is busy, so that they share a batch."""
    begun, go_on = threading.Event(), threading.Event()

    def wait(_session: Session) -> None:
        begun.set()
        assert go_on.wait(LONGEST_WAIT)

    writer = service.installation.writer
    writer.submit(Call(wait))
    assert begun.wait(LONGEST_WAIT)
    said = []
    for count, text in enumerate(texts, start=1):
        said.append(asyncio.create_task(service.says(worker, text)))
        while writer.waiting < count:
            await asyncio.sleep(0)
    go_on.set()
    return list(await asyncio.gather(*said))


def drafts(service: RunningService) -> list[Draft]:
    with service.installation.database.reading() as session:
        return list(session.scalars(select(Draft)))


async def test_a_draft_begun_and_put_away_together_is_gone(service: RunningService) -> None:
    worker = service.worker()
    await say_together(service, worker, "我要提案", "取消")
    assert drafts(service) == []


async def test_a_draft_begun_filled_and_put_away_together_is_shelved_once(service: RunningService) -> None:
    worker = service.worker()
    await say_together(service, worker, "我要提案", "同意", "2", "取消", "我要提案")
    assert sorted(draft.shelved for draft in drafts(service)) == [False, True]


async def test_an_amendment_handed_in_together_leaves_no_draft(service: RunningService) -> None:
    worker = service.worker()
    for text in ("我要提案", "不同意", "2", "早餐站", "为早班职工", "完", "五百人", "跳过", "提交"):
        await service.says(worker, text)
    replies = await say_together(service, worker, "修改 SS2018-0001", "改 2", "热早餐站", "提交")
    assert "改好了" in replies[-1]
    assert drafts(service) == []


async def test_an_old_leaving_heard_again_does_not_erase_who_came_back(
    service: RunningService, clock: SteppingClock
) -> None:
    worker, platform = service.worker(), service.platform
    left = await platform.unfollow(worker.openid)
    clock.advance(seconds=3)
    await platform.follow(worker.openid)
    await service.says(worker, "我要提案")
    await platform.push(worker.openid, left.xml)
    assert len(drafts(service)) == 1


async def test_scores_one_by_one_can_be_given_anew(service: RunningService) -> None:
    worker = service.worker()
    for text in (
        "我要提案",
        "不同意",
        "2",
        "早餐站",
        "为早班职工",
        "完",
        "五百人",
        "逐项评分",
        *"5555555555",
        "跳过",
    ):
        await service.says(worker, text)
    assert "1/10" in await service.says(worker, "改 5", "逐项评分")


async def test_withdrawing_ends_an_amendment_begun_together_with_it(service: RunningService) -> None:
    worker = service.worker()
    for text in ("我要提案", "不同意", "2", "早餐站", "为早班职工", "完", "五百人", "跳过", "提交"):
        await service.says(worker, text)
    await say_together(service, worker, "修改 SS2018-0001", "确认撤回 SS2018-0001")
    assert drafts(service) == []
