"""Broadcasts over the API: composed, planned, released by another, and what is refused on the way."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from app.installation import Installation
from app.settings import AccountKind
from models import Action, Broadcast, Delivery, Follower, JobTag
from models.enums import BroadcastState, DeliveryState, Role
from tests.app.api.conftest import OPENID, Client
from tests.app.api.sending import broadcast
from tests.app.api.test_rounds import good, refused
from tests.fixtures.clocks import START, SteppingClock

API = "/api/v1/broadcasts"


@pytest.fixture
def followers(installation: Installation) -> list[str]:
    openids = [f"oFollower{number:019d}" for number in range(3)]
    with installation.database.writing() as session:
        session.add_all(
            Follower(openid=openid, subscribed=openid != openids[2], created_at=START) for openid in openids
        )
    return openids


async def composed(client: Client, **changes: Any) -> str:
    made = await good(await client(Role.CAMPAIGNER).post(API, json=broadcast(**changes)), 201)
    id: str = made["id"]
    return id


async def test_a_draft_is_shown_as_it_was_composed(client: Client, followers: list[str]) -> None:
    id = await composed(client, scheduled_at="2017-12-02T09:00:00+08:00")
    shown = await good(await client(Role.AUDITOR).get(f"{API}/{id}"))
    assert shown["state"] == "draft"
    assert {name: shown[name] for name in broadcast() if name != "campaign"} == {
        name: value for name, value in broadcast().items() if name != "campaign"
    }
    assert (shown["campaign"], shown["scheduled_at"]) == ("2018", "2017-12-02T09:00:00+08:00")
    assert (shown["total"], shown["sent"], shown["composed_by"]) == (2, 0, "campaigner")
    listed = await good(await client(Role.OWNER).get(API, params={"campaign": "2018"}))
    assert [one["id"] for one in listed["items"]] == [id]


async def test_the_plan_tells_before_anything_is_sent(client: Client, followers: list[str]) -> None:
    id = await composed(client, audience={"openids": followers})
    plan = await good(await client(Role.AUDITOR).get(f"{API}/{id}/plan"))
    assert (plan["people"], plan["reachable"], plan["left_out"]) == (3, 2, {"没有关注公众号": 1})
    assert plan["ends_at"].startswith("2017-12-01T10:00:00")
    assert plan["warnings"] == []
    at_night = await composed(
        client, scheduled_at="2017-12-01T23:00:00+08:00", content=with_words("限时优惠，请抢购")
    )
    told = "".join((await good(await client().get(f"{API}/{at_night}/plan")))["warnings"])
    assert "优惠、抢购" in told
    assert "夜里" in told


async def test_a_colleague_releases_it_and_nobody_alone(client: Client, followers: list[str]) -> None:
    made = await good(await client(Role.OWNER).post(API, json=broadcast()), 201)
    path = f"{API}/{made['id']}"
    refused(await client(Role.APPROVER).post(f"{path}/approve"), 409, "wrong_state", "草稿")
    await good(await client(Role.OWNER).post(f"{path}/submit"))
    refused(await client(Role.OWNER).post(f"{path}/approve"), 403, "forbidden", "另一位同事")
    refused(await client(Role.CAMPAIGNER).post(f"{path}/approve"), 403, "forbidden")
    released = await good(await client(Role.APPROVER).post(f"{path}/approve"))
    assert (released["state"], released["submitted_by"], released["released_by"]) == (
        "sending",
        "owner",
        "approver",
    )
    refused(await client(Role.APPROVER).post(f"{path}/approve"), 409, "wrong_state")


async def test_who_submits_what_another_composed_does_not_release_it(client: Client, followers: list[str]) -> None:
    id = await composed(client)
    await good(await client(Role.OWNER).post(f"{API}/{id}/submit"))
    refused(await client(Role.OWNER).post(f"{API}/{id}/approve"), 403, "forbidden", "另一位同事")


async def test_an_empty_list_is_nobody(client: Client, followers: list[str]) -> None:
    id = await composed(client, audience={"openids": []})
    plan = await good(await client().get(f"{API}/{id}/plan"))
    assert (plan["people"], plan["ends_at"]) == (0, None)
    refused(await client(Role.CAMPAIGNER).post(f"{API}/{id}/submit"), 422, "invalid", "谁也不发")


async def test_paused_resumed_cancelled(client: Client, followers: list[str]) -> None:
    id = await composed(client, scheduled_at="2017-12-02T09:00:00+08:00")
    campaigner, approver = client(Role.CAMPAIGNER), client(Role.APPROVER)
    await good(await campaigner.post(f"{API}/{id}/submit"))
    assert (await good(await approver.post(f"{API}/{id}/approve")))["state"] == "scheduled"
    paused = await good(await campaigner.post(f"{API}/{id}/pause"))
    assert (paused["state"], paused["stopped_for"]) == ("paused", "由同事暂停")
    assert (await good(await campaigner.post(f"{API}/{id}/resume")))["state"] == "scheduled"
    refused(await campaigner.post(f"{API}/{id}/resume"), 409, "wrong_state")
    refused(await campaigner.post(f"{API}/{id}/retry-failed"), 409, "wrong_state")
    assert (await good(await campaigner.post(f"{API}/{id}/cancel")))["state"] == "cancelled"
    refused(await campaigner.post(f"{API}/{id}/cancel"), 409, "wrong_state")


async def test_taken_back_changed_and_thrown_away(client: Client, followers: list[str]) -> None:
    id = await composed(client)
    campaigner = client(Role.CAMPAIGNER)
    await good(await campaigner.post(f"{API}/{id}/submit"))
    refused(await campaigner.patch(f"{API}/{id}", json={"title": "改"}), 409, "wrong_state")
    await good(await campaigner.post(f"{API}/{id}/take-back"))
    changed = await good(
        await client(Role.OWNER).patch(f"{API}/{id}", json={"title": "改", "audience": {"unit": "殷行街道总工会"}})
    )
    assert (changed["title"], changed["composed_by"], changed["audience"]) == (
        "改",
        "owner",
        {"unit": "殷行街道总工会"},
    )
    refused(await campaigner.patch(f"{API}/{id}", json={"title": None}), 422, "invalid", "title")
    assert (await campaigner.delete(f"{API}/{id}")).status_code == 204
    refused(await campaigner.get(f"{API}/{id}"), 404, "no_broadcast")


def article(**changes: str) -> dict[str, str]:
    return {"title": "十大实事", "digest": "请来看看", "url": "https://x.test/"} | changes


def with_words(words: str) -> dict[str, Any]:
    return {"template_id": "T", "data": {"thing1": words}}


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"content": with_words("超过二十个字的一段话是不能放进这种字段里面去的啊")}, "bad_content", "thing1"),
        ({"content": {"text": "x"}}, "bad_content", "data"),
        ({"channel": "customer", "content": {"text": "长" * 1000}}, "text_too_long", "太长"),
        ({"channel": "mass", "content": {"text": "a", "media_id": "b"}}, "bad_content", "之一"),
        ({"content": {**with_words("好"), "url": "javascript:alert(1)"}}, "bad_content", "https"),
        ({"content": {**with_words("好"), "url": "https://x.test/" + "a" * 1024}}, "bad_content", "1024"),
        ({"content": {**with_words("好"), "template_id": "T" * 65}}, "bad_content", "64"),
        ({"content": with_words("请您\0投票")}, "bad_content", "“请您”后面，编码 0000"),
        ({"content": {"template_id": "T", "data": {"thing\0": "好"}}}, "bad_content", "控制字符"),
        ({"channel": "customer", "content": {"text": "\x1b[1m您好"}}, "bad_content", "开头，编码 001B"),
        ({"channel": "mass", "content": {"text": "您好\x85"}}, "bad_content", "控制字符"),
        ({"channel": "mass", "content": {"article": article(digest="长" * 700)}}, "text_too_long", "太长"),
        ({"channel": "mass", "content": {"article": article(title="长" * 667)}}, "text_too_long", "太长"),
        ({"channel": "mass", "content": {"article": article(title="\x07")}}, "bad_content", "控制字符"),
        ({"channel": "mass", "content": {"media_id": "m" * 201}}, "bad_content", "200"),
    ],
)
async def test_what_cannot_be_sent_is_told_at_once(
    client: Client, followers: list[str], changes: dict[str, Any], code: str, words: str
) -> None:
    refused(await client(Role.CAMPAIGNER).post(API, json=broadcast(**changes)), 422, code, words)


async def test_half_a_character_is_no_text(client: Client, followers: list[str]) -> None:
    body = json.dumps(broadcast(content=with_words("请您\ud83d投票")))
    sent = await client(Role.CAMPAIGNER).post(API, content=body, headers={"content-type": "application/json"})
    assert sent.status_code == 422
    assert "编码" in sent.json()["detail"]


@pytest.mark.parametrize(
    "content",
    [{"text": "第一行\n\t第二行\r\n😀 “引号”"}, {"article": article(digest="长" * 640)}, {"media_id": "m"}],
)
async def test_what_people_write_is_let_through(
    client: Client, followers: list[str], content: dict[str, Any]
) -> None:
    id = await composed(client, channel="mass", content=content)
    shown = await good(await client(Role.CAMPAIGNER).post(f"{API}/{id}/submit"))
    assert shown["content"] == content


async def test_what_an_older_version_let_through_is_looked_at_again_before_it_is_handed_in(
    client: Client, installation: Installation, followers: list[str]
) -> None:
    id = await composed(client, channel="mass", content={"text": "好"})
    with installation.database.writing() as session:
        session.get_one(Broadcast, int(id)).content = {"article": article(digest="长" * 700)}
    refused(await client(Role.CAMPAIGNER).post(f"{API}/{id}/submit"), 422, "text_too_long", "太长")


async def test_it_says_why_it_stands_still(
    client: Client, installation: Installation, followers: list[str], clock: SteppingClock
) -> None:
    id = await composed(client, on_phase="screening")
    campaigner, approver = client(Role.CAMPAIGNER), client(Role.APPROVER)
    submitted = await good(await campaigner.post(f"{API}/{id}/submit"))
    assert (submitted["stopped_for"], submitted["goes_on_at"]) == ("等另一位负责审批的同事放行", None)
    released = await good(await approver.post(f"{API}/{id}/approve"))
    assert (released["state"], released["missed"]) == ("scheduled", False)
    assert released["goes_on_at"] == "2017-12-26T08:00:00+08:00"
    await good(await approver.post("/api/v1/campaigns/2018/phase", json={"phase": "opinion", "reason": "提前"}))
    missed = await good(await campaigner.get(f"{API}/{id}"))
    assert (missed["state"], missed["missed"], missed["goes_on_at"]) == ("scheduled", True, None)
    assert "错过了" in missed["stopped_for"]
    drafted = await good(await campaigner.post(f"{API}/{id}/take-back"))
    assert (drafted["state"], drafted["released_by"]) == ("draft", None)
    refused(await campaigner.post(f"{API}/{id}/submit"), 409, "moment_missed", "已经过去")


async def test_a_round_that_is_not_there_is_told_at_the_release(client: Client, followers: list[str]) -> None:
    id = await composed(client, audience={"not_voted": "77"})
    await good(await client(Role.CAMPAIGNER).post(f"{API}/{id}/submit"))
    refused(await client(Role.APPROVER).post(f"{API}/{id}/approve"), 422, "bad_audience", "没有这一轮")


@pytest.mark.parametrize(
    "changes",
    [{"audience": {}}, {"audience": {"all": False}}, {"channel": "sms"}, {"kind": "x"}, {"colour": "red"}],
)
async def test_unknown_fields_and_values_are_refused(client: Client, changes: dict[str, Any]) -> None:
    assert (await client(Role.CAMPAIGNER).post(API, json=broadcast(**changes))).status_code == 422


async def test_openids_are_shown_to_the_owner_alone_and_never_logged(
    client: Client, installation: Installation, followers: list[str]
) -> None:
    id = await composed(client, audience={"openids": followers})
    assert (await good(await client(Role.OWNER).get(f"{API}/{id}")))["audience"] == {"openids": followers}
    assert (await good(await client(Role.CAMPAIGNER).get(f"{API}/{id}")))["audience"] == {"openids": 3}
    with installation.database.reading() as session:
        assert not any(followers[0] in str(row.detail) for row in session.scalars(select(Action)))


async def test_each_message_is_listed_and_what_is_in_doubt_is_decided(
    client: Client, installation: Installation
) -> None:
    id = await composed(client)
    with installation.database.writing() as session:
        session.add_all(row_of(int(id), number) for number in range(3))
        session.get_one(Broadcast, int(id)).state = BroadcastState.DONE
    owner, auditor = client(Role.OWNER), client(Role.AUDITOR)
    first = await good(await owner.get(f"{API}/{id}/deliveries", params={"limit": 2}))
    rest = await good(
        await owner.get(f"{API}/{id}/deliveries", params={"limit": 2, "cursor": first["next_cursor"]})
    )
    assert [one["openid"] for one in first["items"] + rest["items"]] == [f"{OPENID[:-1]}{n}" for n in range(3)]
    assert rest["next_cursor"] is None
    hidden = await good(await auditor.get(f"{API}/{id}/deliveries", params={"state": "unknown"}))
    assert [(one["openid"], len(one["reference"])) for one in hidden["items"]] == [(None, 16)] * 3
    path = f"{API}/{id}/deliveries/{first['items'][0]['id']}/release"
    assert (await good(await client(Role.APPROVER).post(path, json={"as": "failed"})))["state"] == "failed"
    refused(await client(Role.APPROVER).post(path, json={"as": "sent"}), 409, "not_in_doubt")
    shown = await good(await owner.get(f"{API}/{id}"))
    assert (shown["total"], shown["unknown"], shown["failed"]) == (3, 2, 1)


async def test_the_same_key_makes_one(client: Client, installation: Installation) -> None:
    headers = {"Idempotency-Key": "once"}
    for _ in range(2):
        await good(await client(Role.CAMPAIGNER).post(API, json=broadcast(), headers=headers), 201)
    with installation.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Broadcast)) == 1


def row_of(broadcast_id: int, number: int) -> Delivery:
    return Delivery(
        key=f"b{broadcast_id}-{number}",
        channel="customer",
        kind="broadcast",
        openid=f"{OPENID[:-1]}{number}",
        body={},
        state=DeliveryState.UNKNOWN,
        broadcast_id=broadcast_id,
        batch=0,
        due_at=START,
        created_at=START,
    )


async def test_a_tag_made_for_a_mass_message_is_shown(
    client: Client, installation: Installation, followers: list[str]
) -> None:
    account = installation.settings.wechat.model_copy(update={"account_kind": AccountKind.SUBSCRIPTION})
    installation.settings = installation.settings.model_copy(update={"wechat": account})
    to_all = await composed(client, channel="mass", content={"text": "请投票"})
    assert (await good(await client().get(f"{API}/{to_all}/plan")))["tag_calls"] == 0
    id = await composed(client, channel="mass", content={"text": "请投票"}, audience={"openids": followers})
    assert (await good(await client().get(f"{API}/{id}/plan")))["tag_calls"] == 2
    assert (await good(await client().get(f"{API}/{id}")))["tags"] == []
    with installation.database.writing() as session:
        session.add(
            JobTag(broadcast_id=int(id), job=f"b{id}-0", name="实事-推送2-0a1b2c", tagged=2, used_at=START)
        )
    assert (await good(await client(Role.AUDITOR).get(f"{API}/{id}")))["tags"] == [
        {"name": "实事-推送2-0a1b2c", "tagged": 2, "ready": False, "deleted_at": None}
    ]
