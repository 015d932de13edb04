"""News of the platform about what was sent: twice, early, about people who have gone; credits of notices."""

import pytest
from sqlalchemy import select

from app.database import Database
from app.followers import credits
from models import Broadcast, Delivery, Follower, JobEnd, Operator
from models.enums import BroadcastKind, BroadcastState, DeliveryState, Role
from tests.fixtures.clocks import START
from tests.fixtures.service import RunningService
from tests.standin import payloads

TEMPLATE = "S-vote"


def sent(database: Database, openid: str, channel: str = "template", platform_id: str | None = "77") -> int:
    """A message of a broadcast that the platform took."""
    with database.writing() as session:
        hand = Operator(name="周敏", password_hash="x", roles=[Role.OWNER], created_at=START)
        session.add(hand)
        session.flush()
        broadcast = Broadcast(
            campaign_id=1,
            title="投票",
            kind=BroadcastKind.VOTE,
            channel=channel,
            audience={"all": True},
            content={"template_id": TEMPLATE, "data": {}},
            state=BroadcastState.DONE,
            composed_by=hand.id,
            composed_at=START,
        )
        session.add(broadcast)
        session.flush()
        row = Delivery(
            key="b1-1",
            channel=channel,
            kind="broadcast",
            openid=openid,
            body={},
            state=DeliveryState.SENT,
            platform_id=platform_id,
            broadcast_id=broadcast.id,
            due_at=START,
            created_at=START,
        )
        session.add(row)
        session.flush()
        return row.id


def state(database: Database, delivery_id: int) -> tuple[DeliveryState, str | None]:
    with database.reading() as session:
        row = session.get_one(Delivery, delivery_id)
        return row.state, row.error


@pytest.mark.parametrize(
    ("status", "is_sent", "words"),
    [("success", True, None), ("failed:user block", False, "拒收"), ("failed: system failed", False, "没有送到")],
)
async def test_the_end_of_a_template_message(
    service: RunningService, status: str, is_sent: bool, words: str | None
) -> None:
    worker = service.worker()
    await service.says(worker, "你好")
    row = sent(service.database, worker.openid)
    for _ in range(2):
        await service.platform.push_from(worker.openid, payloads.template_finished(77, status), visible=False)
    found, error = state(service.database, row)
    assert (found is DeliveryState.SENT) == is_sent
    assert (words or "") in (error or "")
    with service.database.reading() as session:
        assert [end.status for end in session.scalars(select(JobEnd))] == [status]


async def test_news_brings_nobody_back(service: RunningService) -> None:
    """Only what a person does says that they follow; the end of a message does not."""
    worker, stranger = service.worker(), service.worker("从来没有来过")
    await service.says(worker, "你好")
    with service.database.writing() as session:
        session.scalars(select(Follower)).one().subscribed = False
    for person in (worker, stranger):
        news = payloads.template_finished(78, "failed:user block")
        await service.platform.push_from(person.openid, news, visible=False)
    with service.database.reading() as session:
        assert [row.subscribed for row in session.scalars(select(Follower))] == [False]


async def test_a_mass_job_keeps_its_counts_beside_its_rows(service: RunningService) -> None:
    worker = service.worker()
    await service.says(worker, "你好")
    row = sent(service.database, worker.openid, channel="mass", platform_id="90")
    for total in (100, 7):  # told twice, the second time wrongly
        news = payloads.mass_finished(90, "send success", total, 80, 75, 5)
        await service.platform.push_from("mphelper", news, visible=False)
    assert state(service.database, row) == (DeliveryState.SENT, None)
    with service.database.reading() as session:
        [end] = session.scalars(select(JobEnd))
        followers = session.scalars(select(Follower.openid)).all()
    assert (end.succeeded, end.counts) == (True, {"total": 100, "filtered": 80, "sent": 75, "errors": 5})
    assert followers == [worker.openid]


async def test_each_yes_is_good_for_one_notice(service: RunningService) -> None:
    worker, platform = service.worker(), service.platform
    await service.says(worker, "你好")
    for accept in (True, True, False):
        service.clock.advance(seconds=1)
        await platform.answer_subscription(worker.openid, TEMPLATE, accept=accept)
    assert left(service) == {1: 2}
    service.clock.advance(seconds=1)
    await platform.end_subscription(worker.openid, TEMPLATE)
    assert left(service) == {1: 0}


async def test_a_yes_told_twice_is_one(service: RunningService) -> None:
    worker = service.worker()
    await service.says(worker, "你好")
    service.platform.faults.duplicate = True
    await service.platform.answer_subscription(worker.openid, TEMPLATE, accept=True)
    assert left(service) == {1: 1}


async def test_a_notice_that_did_not_arrive(service: RunningService) -> None:
    worker = service.worker()
    await service.says(worker, "你好")
    row = sent(service.database, worker.openid, channel="subscribe", platform_id=None)
    for template_id in ("another", TEMPLATE):
        news = payloads.subscription_sent(template_id, 5, -1, "system failed")
        await service.platform.push_from(worker.openid, news, visible=False)
        assert (state(service.database, row)[0] is DeliveryState.FAILED) == (template_id == TEMPLATE)


def left(service: RunningService) -> dict[int, int]:
    with service.database.reading() as session:
        return credits.remaining(session, [1], TEMPLATE)
