"""A vote link goes out to everyone who follows: over the API, through the running service, to the phones."""

import asyncio

import httpx
import pytest

from app.operators import service as operators
from app.operators.passwords import PasswordHash
from app.settings import PushSettings, Settings
from models.enums import Role
from tests.app.api.sending import broadcast
from tests.fixtures.service import RunningService
from tests.standin.stores import Template

API = "/api/v1/broadcasts"


@pytest.fixture
def service_settings(service_settings: Settings) -> Settings:
    return service_settings.model_copy(update={"push": PushSettings(per_second=0, quiet_hours="")})


def caller(service: RunningService, role: Role) -> httpx.AsyncClient:
    with service.database.writing() as session:
        clock = service.clock
        operators.add(session, role.value, PasswordHash("x"), [role], actor="cli:tester", clock=clock)
        token = operators.issue_token(session, role.value, actor="cli:tester", clock=clock)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=service.app), base_url="http://shishi.test", headers=headers
    )


async def test_from_the_draft_to_the_phones(service: RunningService) -> None:
    workers = [service.worker(f"职工{number}") for number in range(25)]
    for worker in workers:
        await service.says(worker, "你好")
    workers[0].refuses = True
    service.platform.stores.templates["T-vote"] = Template("T-vote", "投票通知", ("thing1",))
    async with caller(service, Role.CAMPAIGNER) as campaigner, caller(service, Role.APPROVER) as approver:
        made = (await campaigner.post(API, json=broadcast())).json()
        path = f"{API}/{made['id']}"
        seen = await campaigner.post(f"{path}/preview", json={"openid": workers[1].openid})
        assert (seen.status_code, seen.json()) == (200, {"sent": True})
        refused = await campaigner.post(f"{path}/preview", json={"openid": "oNobody"})
        assert (refused.status_code, "没有成功" in refused.json()["detail"]) == (422, True)
        await campaigner.post(f"{path}/submit")
        assert (await approver.post(f"{path}/approve")).json()["state"] == "sending"
        async with asyncio.timeout(30):
            while (shown := (await approver.get(path)).json())["state"] != "done":
                await asyncio.sleep(0.05)
        await service.platform.settle()
        shown = (await approver.get(path)).json()
    assert {name: shown[name] for name in ("total", "sent", "failed", "pending", "unknown", "skipped")} == {
        "total": 25,
        "sent": 24,
        "failed": 1,
        "pending": 0,
        "unknown": 0,
        "skipped": 0,
    }
    assert shown["reasons"] == {"对方拒收了公众号的消息": 1}
    notices = [sum(entry.kind == "template" for entry in worker.chat) for worker in workers]
    assert notices == [0, 2, *[1] * 23]
