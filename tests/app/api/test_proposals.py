"""/proposals: narrowing, searching, turning pages, and sorting."""

from typing import Any

import pytest
from sqlalchemy import select

from app.campaigns.service import set_phase
from app.installation import Installation
from app.operators import log
from models import Action, Operator
from models.enums import Role
from tests.app.api.conftest import Client, proposal
from tests.fixtures.clocks import START

PATH = "/api/v1/proposals"


async def numbers(client: Client, **query: Any) -> list[str]:
    answer = await client().get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [item["number"][-1] for item in answer.json()["items"]]


async def test_a_proposal_tells_all_it_has(client: Client, proposals: list[str]) -> None:
    told = (await client().get(f"{PATH}/SS2018-0001")).json()
    assert told == {
        "number": "SS2018-0001",
        "campaign": "2018",
        "channel": "wechat",
        "status": "submitted",
        "status_reason": None,
        "category": "recreation",
        "assignee": None,
        "title": "午间健身课",
        "summary": "请教练来园区",
        "expected_outcome": "一年五十次",
        "evaluations": [{"project": 5, "rating": 4, "remark": "很好"}],
        "evaluation_text": None,
        "supplements": [],
        "further": [],
        "unit": None,
        "trade": None,
        "proposer": {"name": "张三", "phone": "13812345678", "openid": "oAbCd0123456789_-EfGhIjKlMnO"},
        "pictures": 0,
        "supporters": 0,
        "merged_into": None,
        "candidates": [],
        "submitted_at": "2017-12-01T10:00:00+08:00",
        "amended_at": None,
    }


async def test_a_merged_proposal_tells_into_which(client: Client, proposals: list[str]) -> None:
    assert (await client().get(f"{PATH}/SS2018-0003")).json()["merged_into"] == "SS2018-0002"


@pytest.mark.parametrize("number", ["SS2018-9999", "SS2018-1", "ss2018-0001", "x", "%00", "SS2018-0001%0A"])
async def test_an_unknown_number_is_not_found(client: Client, proposals: list[str], number: str) -> None:
    for answer in (
        await client().get(f"{PATH}/{number}"),
        await client().patch(f"{PATH}/{number}", json={"category": "health"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "123"),
        ({"campaign": "2018"}, "123"),
        ({"status": "submitted"}, "12"),
        ({"status": "submitted", "channel": "organisation"}, "2"),
        ({"channel": "department"}, "3"),
        ({"category": "health"}, "2"),
        ({"category": "nothing"}, ""),
        ({"q": "接力站"}, "2"),
        ({"q": "ss2018-0003"}, "3"),
        ({"q": "殷行"}, "2"),
        ({"q": "教练 五十"}, "1"),
        ({"q": "教练 接力"}, ""),
        ({"q": "100%"}, "3"),
        ({"q": "和 _"}, "23"),
        ({"q": "张三"}, ""),
        ({"q": "'; DROP TABLE proposals"}, ""),
        ({"q": "  "}, "123"),
    ],
)
async def test_a_list_is_narrowed(
    client: Client, proposals: list[str], query: dict[str, str], expected: str
) -> None:
    assert await numbers(client, **query) == list(expected)


async def test_pages_follow_one_another_without_gap_or_double(
    client: Client, installation: Installation, proposals: list[str]
) -> None:
    with installation.database.writing() as session:
        session.add_all([proposal(number) for number in range(4, 9)])
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3, "status": "submitted"}
    for _ in range(4):
        page = (await client().get(PATH, params=query)).json()
        seen += [item["number"][-1] for item in page["items"]]
        if len(seen) == 3:
            with installation.database.writing() as session:
                session.add(proposal(9))  # somebody hands one in meanwhile
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == list("12456789")


async def cursor(client: Client) -> str:
    page = (await client().get(PATH, params={"limit": 1})).json()
    return str(page["next_cursor"])


@pytest.mark.parametrize(
    "tamper",
    [
        lambda cursor: cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        lambda cursor: "A" + cursor[1:],
        lambda cursor: cursor[:-4],
        lambda cursor: "",
        lambda cursor: "1",
        lambda cursor: "张三",
        lambda cursor: "Mi54",
    ],
)
async def test_a_cursor_that_was_touched_is_refused(client: Client, proposals: list[str], tamper: Any) -> None:
    answer = await client().get(PATH, params={"limit": 1, "cursor": tamper(await cursor(client))})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


async def test_a_cursor_belongs_to_its_filter(client: Client, proposals: list[str]) -> None:
    answer = await client().get(PATH, params={"cursor": await cursor(client), "channel": "wechat"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("limit=0", {"query.limit"}),
        ("limit=201", {"query.limit"}),
        ("limit=ten", {"query.limit"}),
        ("status=draft&channel=fax", {"query.status", "query.channel"}),
        ("state=submitted&page=2", {"query.state", "query.page"}),
        ("q=%00", {"query.q"}),
        ("campaign=&category=", {"query.campaign", "query.category"}),
        ("q=" + "x" * 101, {"query.q"}),
    ],
)
async def test_every_bad_parameter_is_named(client: Client, query: str, places: set[str]) -> None:
    answer = await client().get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert {error["place"] for error in answer.json()["errors"]} == places


async def test_a_parameter_given_twice_is_refused(client: Client) -> None:
    answer = await client().get(f"{PATH}?category=health&category=rights")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "category" in answer.json()["detail"]


async def test_a_list_of_an_unknown_campaign_is_not_found(client: Client) -> None:
    for key in ("2019", "%00"):
        assert (await client().get(f"{PATH}?campaign={key}")).status_code in (404, 422)


@pytest.mark.parametrize("role", [Role.INTAKE, Role.OWNER])
async def test_a_proposal_is_sorted_and_the_log_knows(
    client: Client, installation: Installation, proposals: list[str], role: Role
) -> None:
    body = {"category": "health", "assignee": "reviewer"}
    answer = await client(role).patch(f"{PATH}/SS2018-0001", json=body)
    assert answer.status_code == 200
    assert answer.json() == (await client(role).get(f"{PATH}/SS2018-0001")).json()
    assert (answer.json()["category"], answer.json()["assignee"]) == ("health", "reviewer")
    assert (await client(role).patch(f"{PATH}/SS2018-0001", json=body)).status_code == 200
    with installation.database.reading() as session:
        [action] = session.scalars(select(Action).where(Action.verb == "proposal.sort"))
        assert (action.actor, action.subject) == (f"operator:{role}", "proposal:SS2018-0001")
        assert action.detail == {
            "category": {"from": "recreation", "to": "health"},
            "assignee": {"from": None, "to": "reviewer"},
        }
        assert log.verify(session) is None


async def test_what_is_left_out_stays_and_null_takes_away(client: Client, proposals: list[str]) -> None:
    path = f"{PATH}/SS2018-0002"
    await client().patch(path, json={"assignee": "intake"})
    sorted_out = (await client().patch(path, json={"category": None})).json()
    assert (sorted_out["category"], sorted_out["assignee"]) == (None, "intake")
    assert (await client().patch(path, json={})).json() == sorted_out


@pytest.mark.parametrize("body", [{"category": "sport"}, {"assignee": "nobody"}, {"assignee": "gone"}])
async def test_what_does_not_exist_is_refused(
    client: Client, installation: Installation, proposals: list[str], body: dict[str, str]
) -> None:
    with installation.database.writing() as session:
        session.add(
            Operator(name="gone", password_hash="x", roles=["intake"], created_at=START, disabled_at=START)
        )
    answer = await client().patch(f"{PATH}/SS2018-0001", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"category": 1}, {"body.category"}),
        ({"category": ""}, {"body.category"}),
        ({"status": "rejected", "title": "x"}, {"body.status", "body.title"}),
    ],
)
async def test_nothing_else_can_be_changed(
    client: Client, proposals: list[str], body: dict[str, Any], places: set[str]
) -> None:
    answer = await client().patch(f"{PATH}/SS2018-0001", json=body)
    assert answer.status_code == 422
    assert {error["place"] for error in answer.json()["errors"]} == places


async def test_once_published_nothing_is_sorted(
    client: Client, installation: Installation, proposals: list[str]
) -> None:
    with installation.database.writing() as session:
        set_phase(session, "2018", "published", "公布了", actor="cli:tester", clock=installation.clock)
    answer = await client().patch(f"{PATH}/SS2018-0001", json={"category": "health"})
    assert (answer.status_code, answer.json()["code"]) == (409, "phase_closed")
