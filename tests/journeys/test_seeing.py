"""All that is seen of the service while people talk, vote and are written to: nobody, and nothing they said."""

import asyncio
import logging

import httpx
import pytest
from sqlalchemy import update

from app.operators import service as operators
from app.settings import PushSettings, Settings
from models import Proposal
from tests.app.api.sending import broadcast
from tests.app.h5.conftest import World
from tests.app.h5.polls import Poll
from tests.fixtures.logs import Written
from tests.fixtures.service import RunningService
from tests.journeys.test_broadcast import API
from tests.standin.state import Person
from tests.standin.stores import Template
from tests.wechat_handlers.test_sick_database import (
    LONGEST_WAIT,
    find_replies_again,
    hear,
    held_up,
    mislay_replies,
)

NAME, PHONE, UNIT = "王建国", "13912345678", "杨浦环卫所"
TITLE, SUMMARY, OUTCOME, OPINION = "爱心早餐站", "给早班环卫工送早餐", "一年五百人", "希望早点开门"
WHOLE = ("我要提案", "同意", "2", TITLE, SUMMARY, "完", OUTCOME, "5545345551", UNIT, NAME, PHONE, "提交")
SAID = (NAME, PHONE, UNIT, TITLE, SUMMARY, OUTCOME, OPINION)


@pytest.fixture
def service_settings(service_settings: Settings) -> Settings:
    return service_settings.model_copy(update={"push": PushSettings(per_second=0, quiet_hours="")})


async def test_nobody_can_be_found_in_logs_and_numbers(
    service: RunningService, logged: Written, platform_transport: httpx.ASGITransport
) -> None:
    logging.getLogger().setLevel(logging.DEBUG)  # ours and the libraries', whatever they have to tell
    world = World(
        service.app,
        service.installation,
        service.platform,
        service.clock,
        service.database,
        transport=platform_transport,
    )
    workers = [service.worker(name) for name in (NAME, "李秀英", "赵铁柱")]
    numbers = [await talk(service, workers[0])]
    numbers.append(await vote(world, workers))
    numbers.append(await write_to_all(service))
    for browser in world.opened:
        await browser.aclose()
    seen = logged.getvalue() + "".join(numbers)
    assert {"message not stored", "answer late", "late answer delivered", "platform refused"} <= {
        entry["event"] for entry in logged.entries
    }
    for private in (*SAID, *(worker.openid for worker in workers), "李秀英", "赵铁柱"):
        assert private not in seen, private
    assert 'shishi_turns_total{kind="text",outcome="late"}' in numbers[0]
    assert 'shishi_sends_total{channel="template",outcome="accepted"}' in numbers[2]


async def talk(service: RunningService, worker: Person) -> str:
    """A proposal, an answer that is late, and one that is not stored."""
    await service.platform.follow(worker.openid)
    assert "SS2018-0001" in await service.says(worker, *WHOLE)
    await service.says(worker, f"补充：{SUMMARY}", "导出我的资料", "我的提案")
    await service.installation.write_soon(mislay_replies)
    assert "没有存上" in await service.says(worker, TITLE)
    await service.installation.write_soon(find_replies_again)
    heard = hear(service.platform, worker, sum(entry.sender == "account" for entry in worker.chat) + 1)
    with held_up(service):
        await service.platform.say(worker.openid, "我的提案")
    await asyncio.wait_for(heard.wait(), LONGEST_WAIT)
    return await scrape(service)


async def vote(world: World, workers: list[Person]) -> str:
    """On the page and in the chat, and with numbers that nobody has."""
    with world.database.writing() as session:
        session.execute(update(Proposal).values(number="SS2018-0900"))  # those of the candidates begin with 1
    poll = Poll.open(world)
    page = await poll.paper_of(workers[0])
    await poll.cast(page, 1, 3, o1=OPINION)
    await world.says(workers[1], "投 1 2", "我的选票")
    await world.says(workers[2], "投 99")
    assert poll.in_the_box() == (2, 2)
    return await scrape(world)


async def write_to_all(service: RunningService) -> str:
    """A broadcast that one of them refuses, after the platform has thrown the token away."""
    service.platform.stores.templates["T-vote"] = Template("T-vote", "投票通知", ("thing1",))
    service.platform.faults.token_revoked = True
    for worker in service.platform.people.values():
        worker.refuses = worker.name == "赵铁柱"
    async with caller(service, "campaigner") as campaigner, caller(service, "approver") as approver:
        made = (await campaigner.post(API, json=broadcast())).json()
        path = f"{API}/{made['id']}"
        await campaigner.post(f"{path}/preview", json={"openid": next(iter(service.platform.people))})
        await campaigner.post(f"{path}/submit")
        await approver.post(f"{path}/approve")
        async with asyncio.timeout(30):
            while (await approver.get(path)).json()["state"] != "done":
                await asyncio.sleep(0.05)
    await service.platform.settle()
    return await scrape(service)


def caller(service: RunningService, operator: str) -> httpx.AsyncClient:
    with service.database.writing() as session:
        token = operators.issue_token(session, operator, actor="cli:tester", clock=service.clock)
    headers = {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app=service.app)
    return httpx.AsyncClient(transport=transport, base_url="http://shishi.test", headers=headers)


async def scrape(service: RunningService | World) -> str:
    service.clock.advance(seconds=11)
    app = service.app if isinstance(service, RunningService) else service.service
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shishi.test") as client:
        return (await client.get("/metrics")).text
