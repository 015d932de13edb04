"""In plain mode a signature covers no body: each is good for the first body it came with, on either database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.main import Service
from tests.fixtures.service import RunningService, StartService
from tests.wechat_handlers.callback import Forge, event, send, text


@pytest.fixture
async def plain(service: RunningService, start_service: StartService) -> AsyncIterator[Service]:
    account = service.settings.wechat.model_copy(update={"mode": "plain"})
    async with start_service(service.settings.model_copy(update={"wechat": account})) as app:
        yield app


async def test_another_body_under_a_used_signature_is_refused_and_makes_nobody_known(
    service: RunningService, plain: Service
) -> None:
    request = Forge.of(service.settings, service.clock.wall().timestamp()).plain(text("我要提案"))
    assert (await send(plain, request)).status_code == 200
    before = service.dump()
    for body in (text("同意"), text("我要提案", openid="oVictim"), event("subscribe", openid="oVictim")):
        assert (await send(plain, replace(request, body=body.encode()))).status_code == 403
    assert service.dump() == before


async def test_of_many_bodies_at_once_under_one_signature_one_is_taken(
    service: RunningService, plain: Service
) -> None:
    request = Forge.of(service.settings, service.clock.wall().timestamp()).plain("")
    bodies = [text("我要提案", openid=f"oSomebody{number}").encode() for number in range(20)]
    answers = await asyncio.gather(*(send(plain, replace(request, body=body)) for body in bodies))
    taken = [answer for answer in answers if "您同意吗" in answer.text]
    rows = service.dump()
    assert len(taken) == len(rows["drafts"]) == len(rows["inbound"]) == len(rows["callback_requests"]) == 1
