"""Mass jobs that went out: what the platform says when it is asked, what it lets delete, what fails half-way."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from app.broadcasts import queries
from app.broadcasts.driving import Driver
from app.broadcasts.jobs import HalfDone, MassJobs, NoJobs, NotDeletable
from app.broadcasts.rules import WrongState
from app.database import Database
from app.errors import Forbidden, Invalid
from app.operators.queries import Account
from app.outbox import endings
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, PlatformError
from app.writer import Writer
from models import Action, Broadcast, Delivery, JobEnd
from models.enums import BroadcastState, DeliveryState, Role
from tests.app.broadcasts.conftest import Release, states
from tests.fixtures.clocks import SteppingClock
from tests.standin.platform import Platform

People = Callable[[int], list[str]]
GET, DELETE = "/cgi-bin/message/mass/get", "/cgi-bin/message/mass/delete"
COUNTS = {"total": 6, "filtered": 6, "sent": 5, "errors": 1}


@pytest.fixture
def desk(database: Database, clock: SteppingClock, wechat_client: WeChatClient) -> Iterator[MassJobs]:
    writer = Writer(database)
    writer.start()
    yield MassJobs.of(wechat_client, writer, clock)
    writer.stop()


@pytest.fixture
def two_jobs(
    driver: Driver, release: Release, people: People, platform: Platform, database: Database
) -> Callable[..., Any]:
    """A mass broadcast that went out as two jobs, whose ends the platform never tells."""
    platform.faults.job_events = False

    async def send(**content: str) -> int:
        people(6)
        if "media_id" in content:
            news = platform.add_media("news", '[{"title": "十大实事"}]'.encode(), "application/json")
            content = {"media_id": news.media_id}
        made = release(channel="mass", content=content)
        with database.writing() as session:
            session.get_one(Broadcast, made).batch_size = 3
        await driver.round()
        await platform.settle()
        return made

    return send


def jobs(database: Database, made: int) -> list[dict[str, Any]]:
    with database.reading() as session:
        return queries.jobs(session, session.get_one(Broadcast, made))


def statuses(database: Database, made: int) -> list[str | None]:
    return [job["status"] for job in jobs(database, made)]


async def test_asking_settles_what_was_never_told(
    two_jobs: Any, desk: MassJobs, platform: Platform, database: Database, hands: dict[str, Account]
) -> None:
    made = await two_jobs(text="请您投票")
    assert statuses(database, made) == [None, None]
    first, second = platform.stores.mass.values()
    first.status, second.status = "SENDING", "SEND_FAIL"
    assert await desk.ask(made, by=hands["周敏"]) == "问过平台了，2 个群发任务里：1 个还在发，1 个没有发成。"
    assert statuses(database, made) == [None, "send fail"]
    first.status = "SEND_SUCCESS"
    assert "1 个群发任务里：1 个发完了" in await desk.ask(made, by=hands["周敏"])
    assert statuses(database, made) == ["send success", "send fail"]
    assert states(database, made) == {DeliveryState.SENT: 6}, "the rows say that the job was taken"
    first.status = "DELETE"
    assert "1 个已经删除" in await desk.ask(made, by=hands["周敏"])
    with pytest.raises(NoJobs, match="都有了结果"):
        await desk.ask(made, by=hands["周敏"])
    with database.reading() as session:
        noted = session.scalars(select(Action).where(Action.verb == "broadcast.ask_jobs")).all()
    assert [len(action.detail["jobs"]) for action in noted] == [2, 1, 1]


async def test_an_event_that_comes_after_the_answer_brings_the_counts(
    two_jobs: Any,
    desk: MassJobs,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    made = await two_jobs(text="请您投票")
    await desk.ask(made, by=hands["周敏"])
    first = str(next(iter(platform.stores.mass)))

    def told(status: str, counts: dict[str, int]) -> None:
        with database.writing() as session:
            now, succeeded = clock.now(), status == "send success"
            endings.ended(session, "mass", first, succeeded=succeeded, status=status, now=now, counts=counts)

    told("err(20008)", COUNTS)
    told("send success", {**COUNTS, "sent": 7})
    [job, _] = jobs(database, made)
    assert job == {"msg_id": first, "status": "err(20008)", "told": "没有发成：平台认为涉及欺诈", **COUNTS}
    with database.reading() as session:
        assert not session.get_one(JobEnd, ("mass", first)).succeeded


async def test_an_article_is_deleted_by_whoever_types_its_title(
    two_jobs: Any, desk: MassJobs, platform: Platform, database: Database, hands: dict[str, Account]
) -> None:
    made = await two_jobs(media_id="…")
    for typed in ("", "投", "投票了"):
        with pytest.raises(Invalid, match="照着打一遍"):
            await desk.delete(made, typed, by=hands["吴军"])
    only_campaigner = Account(hands["吴军"].id, "吴军", frozenset({Role.CAMPAIGNER}))
    with pytest.raises(Forbidden):
        await desk.delete(made, "投票", by=only_campaigner)
    assert {job.status for job in platform.stores.mass.values()} == {"SEND_SUCCESS"}
    assert await desk.delete(made, " 投票 ", by=hands["吴军"]) == 2
    assert {job.status for job in platform.stores.mass.values()} == {"DELETE"}
    assert [job["told"] for job in jobs(database, made)] == ["已经删除"] * 2
    with pytest.raises(NoJobs):
        await desk.delete(made, "投票", by=hands["吴军"])
    with database.reading() as session:
        [noted] = session.scalars(select(Action).where(Action.verb == "broadcast.delete_jobs"))
    assert (noted.actor, noted.detail["jobs"]) == (hands["吴军"].actor, [str(id) for id in platform.stores.mass])


async def test_how_many_it_reached_stays_known_after_the_deletion(
    two_jobs: Any,
    desk: MassJobs,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    made = await two_jobs(media_id="…")
    first, second = map(str, platform.stores.mass)
    end = {"succeeded": True, "status": "send success", "counts": COUNTS}
    with database.writing() as session:
        endings.ended(session, "mass", first, now=clock.now(), **end)  # type: ignore[arg-type]
    await desk.delete(made, "投票", by=hands["吴军"])
    with database.writing() as session:  # late, behind the deletion
        endings.ended(session, "mass", second, now=clock.now(), **end)  # type: ignore[arg-type]
    assert [(job["status"], job["sent"]) for job in jobs(database, made)] == [("DELETE", 5)] * 2


async def test_what_cannot_be_deleted(
    two_jobs: Any,
    driver: Driver,
    release: Release,
    desk: MassJobs,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
) -> None:
    made = await two_jobs(text="请您投票")
    with pytest.raises(NotDeletable, match="收不回来"):
        await desk.delete(made, "投票", by=hands["吴军"])
    article = await two_jobs(media_id="…")
    with database.writing() as session:
        session.get_one(Broadcast, article).state = BroadcastState.SENDING
    with pytest.raises(WrongState, match="请先暂停"):
        await desk.delete(article, "投票", by=hands["吴军"])
    template = release()
    with pytest.raises(NoJobs, match="没有收下"):
        await desk.ask(template, by=hands["周敏"])
    assert platform.quotas.used(DELETE) == 0


@pytest.mark.parametrize(
    ("errcode", "words"),
    [(40059, "没有这个群发任务"), (45009, "今天的调用次数已用完"), (48001, "接口权限"), (-1, "正忙")],
)
async def test_a_refusal_is_told_and_nothing_is_written_down(
    two_jobs: Any,
    desk: MassJobs,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    errcode: int,
    words: str,
) -> None:
    made = await two_jobs(media_id="…")
    for path, deed in (
        (GET, lambda: desk.ask(made, by=hands["吴军"])),
        (DELETE, lambda: delete(desk, made, hands)),
    ):
        platform.refusals[path] = [errcode] * 4
        with pytest.raises(PlatformError, match=words):
            await deed()
        platform.refusals[path].clear()
    assert statuses(database, made) == [None, None]


async def test_half_done_it_goes_on_where_it_ended(
    two_jobs: Any, desk: MassJobs, platform: Platform, database: Database, hands: dict[str, Account]
) -> None:
    """Ten deletions a day: the rest tomorrow."""
    made = await two_jobs(media_id="…")
    platform.quotas.per_day[DELETE] = 1
    with pytest.raises(HalfDone, match="删了 1 个群发任务，下一个没有删成：今天的调用次数已用完"):
        await delete(desk, made, hands)
    assert statuses(database, made) == ["DELETE", None]
    platform.quotas.per_day[DELETE] = 10
    assert await delete(desk, made, hands) == 1
    assert statuses(database, made) == ["DELETE", "DELETE"]


async def test_a_deletion_whose_answer_is_lost_is_found_out_by_asking(
    two_jobs: Any, desk: MassJobs, platform: Platform, database: Database, hands: dict[str, Account]
) -> None:
    made = await two_jobs(media_id="…")
    platform.faults.lost_answers = 1
    with pytest.raises(CallFailed):
        await delete(desk, made, hands)
    assert statuses(database, made) == [None, None]
    assert "1 个已经删除" in await desk.ask(made, by=hands["周敏"])
    assert await delete(desk, made, hands) == 1


async def test_who_was_erased_meanwhile_changes_nothing(
    two_jobs: Any, desk: MassJobs, database: Database, hands: dict[str, Account]
) -> None:
    made = await two_jobs(text="请您投票")
    with database.writing() as session:
        session.execute(update(Delivery).values(openid=None))
    assert "2 个发完了" in await desk.ask(made, by=hands["周敏"])


async def delete(desk: MassJobs, made: int, hands: dict[str, Account]) -> int:
    return await desk.delete(made, "投票", by=hands["吴军"])
