"""A vote link goes out to everyone who follows: over the API, through the running service, to the phones."""

import asyncio

import httpx
import pytest

from app.broadcasts import leftovers
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


async def test_an_article_goes_to_all_its_end_is_asked_for_and_it_is_deleted(service: RunningService) -> None:
    """The platform never tells by itself how the job ended."""
    workers = [service.worker(f"职工{number}") for number in range(3)]
    for worker in workers:
        await service.says(worker, "你好")
    platform = service.platform
    platform.faults.job_events = False
    news = platform.add_media("news", '[{"title": "实事项目公布"}]'.encode(), "application/json")
    article = broadcast(title="结果公布", kind="result", channel="mass", content={"media_id": news.media_id})
    async with caller(service, Role.CAMPAIGNER) as campaigner, caller(service, Role.APPROVER) as approver:
        path = f"{API}/{(await campaigner.post(API, json=article)).json()['id']}"
        early = await campaigner.post(f"{path}/jobs/ask")
        assert (early.status_code, early.json()["code"]) == (409, "no_jobs")
        await campaigner.post(f"{path}/submit")
        await approver.post(f"{path}/approve")
        async with asyncio.timeout(30):
            while (shown := (await approver.get(path)).json())["state"] != "done":
                await asyncio.sleep(0.05)
        await platform.settle()
        assert [(job["status"], job["told"]) for job in shown["jobs"]] == [(None, "还没有消息")]
        asked = (await campaigner.post(f"{path}/jobs/ask")).json()
        assert [(job["status"], job["told"]) for job in asked["jobs"]] == [("send success", "发完了")]
        slip = await approver.post(f"{path}/jobs/delete", json={"confirm": "结果"})
        assert (slip.status_code, "照着打一遍" in slip.json()["detail"]) == (422, True)
        deleted = (await approver.post(f"{path}/jobs/delete", json={"confirm": "结果公布"})).json()
        assert [job["told"] for job in deleted["jobs"]] == ["已经删除"]
        assert (deleted["state"], deleted["sent"]) == ("done", 3)
    assert [job.status for job in platform.stores.mass.values()] == ["DELETE"]
    assert all(worker.chat[-1].text == "实事项目公布" for worker in workers), "the cards stay"


async def test_cancelled_while_it_rests_the_pages_are_worked_off_by_themselves(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "PAGE", 5)
    for number in range(25):
        await service.says(service.worker(f"职工{number}"), "你好")
    service.platform.stores.templates["T-vote"] = Template("T-vote", "投票通知", ("thing1",))
    service.platform.refusals["/cgi-bin/message/template/send"] += [45009] * 50
    async with caller(service, Role.CAMPAIGNER) as campaigner, caller(service, Role.APPROVER) as approver:
        path = f"{API}/{(await campaigner.post(API, json=broadcast())).json()['id']}"
        await campaigner.post(f"{path}/submit")
        await approver.post(f"{path}/approve")
        async with asyncio.timeout(30):
            while not (resting := (await campaigner.get(path)).json())["goes_on_at"]:
                await asyncio.sleep(0.05)
            assert "今天的调用次数已用完" in resting["stopped_for"]
            cancelled = (await campaigner.post(f"{path}/cancel")).json()
            assert (cancelled["state"], cancelled["total"]) == ("cancelled", 25)
            while (shown := (await campaigner.get(path)).json())["skipped"] < 25:
                assert shown["skipped"] + shown["pending"] + shown["sending"] == 25
                await asyncio.sleep(0.05)
    assert (shown["pending"], shown["stopped_for"]) == (0, None)
    assert not service.platform.journal.accepted
