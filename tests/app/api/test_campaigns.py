"""/campaigns: what is told of one, and setting its phase."""

import json

import pytest
from sqlalchemy import select

from app.installation import Installation
from app.operators import log
from models import Action
from models.enums import Role
from tests.app.api.conftest import Client

PATH = "/api/v1/campaigns/2018"


async def test_a_campaign_tells_its_calendar_and_counts(client: Client, proposals: list[str]) -> None:
    campaign = (await client(Role.AUDITOR).get(PATH)).json()
    assert (campaign["key"], campaign["year"], campaign["phase"]) == ("2018", 2018, "collecting")
    assert campaign["phases"][0] == {
        "kind": "collecting",
        "opens_at": "2017-11-30T00:00:00+08:00",
        "closes_at": "2017-12-26T00:00:00+08:00",
    }
    assert campaign["phases"][-1] == {"kind": "published", "opens_at": None, "closes_at": None}
    assert {"key": "health", "title": "健康服务"} in campaign["categories"]
    assert {"key": "benefits_all", "title": "普惠职工", "kind": "principle"} in campaign["criteria"]
    counts = campaign["counts"]
    assert (counts["proposals"], counts["drafts"]) == (3, 1)
    assert counts["by_status"] == {
        **dict.fromkeys(("returned", "rejected", "shortlisted", "withdrawn"), 0),
        "submitted": 2,
        "merged": 1,
    }
    assert counts["by_channel"] == {"wechat": 1, "organisation": 1, "department": 1}
    assert counts["by_category"] == {"recreation": 1, "health": 1}


async def test_the_list_has_what_each_one_tells(client: Client, proposals: list[str]) -> None:
    everyone = (await client().get("/api/v1/campaigns")).json()
    assert everyone == {"items": [(await client().get(PATH)).json()], "next_cursor": None}


async def test_a_draft_is_nowhere_to_be_read(client: Client, proposals: list[str]) -> None:
    for path in (PATH, "/api/v1/campaigns", "/api/v1/proposals"):
        assert "还没写完" not in (await client().get(path)).text


@pytest.mark.parametrize("key", ["2019", "SS", "%00", "a%20b", "%F0%9F%98%80", "x" * 300])
async def test_an_unknown_campaign_is_not_found(client: Client, key: str) -> None:
    for answer in (
        await client().get(f"/api/v1/campaigns/{key}"),
        await client().post(f"/api/v1/campaigns/{key}/phase", json={"phase": "auto", "reason": "试"}),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "no_campaign"


@pytest.mark.parametrize("role", [Role.APPROVER, Role.OWNER])
async def test_the_phase_is_set_by_hand_and_logged(client: Client, installation: Installation, role: Role) -> None:
    answer = await client(role).post(f"{PATH}/phase", json={"phase": "opinion", "reason": "提前听取意见"})
    assert answer.status_code == 200
    assert answer.json() == (await client(role).get(PATH)).json()
    assert (answer.json()["phase"], answer.json()["phase_reason"]) == ("opinion", "提前听取意见")
    with installation.database.reading() as session:
        [action] = session.scalars(select(Action).where(Action.verb == "campaign.phase"))
        assert (action.actor, action.subject) == (f"operator:{role}", "campaign:2018")
        assert log.verify(session) is None
    back = await client(role).post(f"{PATH}/phase", json={"phase": "auto", "reason": "回到日程"})
    assert (back.json()["phase"], back.json()["phase_by_hand"]) == ("collecting", False)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, {"body.phase", "body.reason"}),
        ({"phase": "upcoming", "reason": "试"}, {"body.phase"}),
        ({"phase": 1, "reason": 2}, {"body.phase", "body.reason"}),
        ({"phase": "opinion", "reason": ""}, {"body.reason"}),
        ({"phase": "opinion", "reason": None, "why": "x", "who": "y"}, {"body.reason", "body.why", "body.who"}),
        ({"phase": "opinion", "reason": "\ud800"}, {"body.reason"}),
        ([], {"body"}),
    ],
)
async def test_every_bad_field_is_named(client: Client, body: object, places: set[str]) -> None:
    content, headers = json.dumps(body), {"Content-Type": "application/json"}
    answer = await client().post(f"{PATH}/phase", content=content, headers=headers)
    assert answer.status_code == 422
    problem = answer.json()
    assert {error["place"] for error in problem["errors"]} == places
    assert all(place in problem["detail"] for place in places)
    assert not [error for error in problem["errors"] if error["message"] == "写得不对"]


@pytest.mark.parametrize("reason", ["   ", "\x00", "一\x07二"])
async def test_a_reason_must_be_readable(client: Client, reason: str) -> None:
    answer = await client().post(f"{PATH}/phase", json={"phase": "opinion", "reason": reason})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert (await client().get(PATH)).json()["phase"] == "collecting"
