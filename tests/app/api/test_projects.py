"""/projects and the announcement: chosen after the vote, written by one, released by another, then fixed."""

from typing import Any

import httpx
import pytest

from app.installation import Installation
from models.enums import Role
from tests.app.api.conftest import Client
from tests.app.api.polling import at_station, furnish
from tests.app.projects.chamber import Chamber

PROJECTS = "/api/v1/projects"
ANNOUNCEMENT = "/api/v1/campaigns/2018/announcement"
TEXT = {"title": "关于公布实事项目的公告", "text": "广大职工：\n定下这些项目。"}


@pytest.fixture
def candidates(installation: Installation, tokens: dict[Role, str]) -> list[str]:
    """Of a campaign whose vote is published."""
    ids = furnish(installation)
    at_station(installation, lambda station: Chamber(station).vote().id)
    return ids


async def choose(client: Client, candidate: str, **more: Any) -> httpx.Response:
    sent = {"campaign": "2018", "candidate": candidate, **more}
    return await client(Role.CAMPAIGNER).post(PROJECTS, json=sent)


async def test_nothing_before_a_round_is_published(
    installation: Installation, tokens: dict[Role, str], client: Client
) -> None:
    ids = furnish(installation)
    answer = await choose(client, ids[0])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_yet")
    draft = (await client().get(ANNOUNCEMENT)).json()
    assert (draft["state"], draft["written_at"]) == ("draft", None)


async def test_a_project_is_chosen_changed_ordered_dropped(client: Client, candidates: list[str]) -> None:
    made = await choose(client, candidates[1], department="权益保障部")
    assert made.status_code == 201
    project = made.json()
    assert (project["title"], project["department"], project["number"]) == ("户外职工接力站", "权益保障部", 1)
    assert (project["rank"], project["votes"], project["proposals"]) == (2, 7, ["SS2018-0002"])
    assert (await client().get(f"{PROJECTS}/{project['id']}")).json() == project
    other = (await choose(client, candidates[0])).json()
    targets = {"indicators": [{"title": "接力站", "target": "30 个"}], "department": None}
    changed = await client().patch(f"{PROJECTS}/{project['id']}", json=targets)
    assert (changed.json()["indicators"], changed.json()["department"]) == (targets["indicators"], None)
    order = {"campaign": "2018", "projects": [other["id"], project["id"]]}
    ordered = (await client().post("/api/v1/project-order", json=order)).json()
    assert [one["title"] for one in ordered["items"]] == ["职工书屋", "户外职工接力站"]
    assert (await client().delete(f"{PROJECTS}/{other['id']}")).status_code == 204
    [left] = (await client().get(PROJECTS, params={"campaign": "2018"})).json()["items"]
    assert (left["id"], left["number"]) == (project["id"], 1)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"candidate": "1", "campaign": "2018", "rank": 1}, 422),
        ({"candidate": 1, "campaign": "2018"}, 422),
        ({"candidate": "999", "campaign": "2018"}, 404),
        ({"candidate": "1", "campaign": "2017"}, 404),
        ({"candidate": "1", "campaign": "2018", "title": None}, 422),
        ({"candidate": "1", "campaign": "2018", "indicators": [{"title": "人次"}]}, 422),
        ({"candidate": "1", "campaign": "2018", "title": "长" * 61}, 422),
    ],
)
async def test_what_does_not_fit_is_refused(
    client: Client, candidates: list[str], sent: dict[str, Any], status: int
) -> None:
    assert (await client().post(PROJECTS, json=sent)).status_code == status
    assert (await client().get(PROJECTS, params={"campaign": "2018"})).json()["items"] == []


async def test_a_choice_that_is_sent_again_is_made_once(client: Client, candidates: list[str]) -> None:
    sent, key = {"campaign": "2018", "candidate": candidates[0]}, {"Idempotency-Key": "a"}
    first = await client().post(PROJECTS, json=sent, headers=key)
    again = await client().post(PROJECTS, json=sent, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await choose(client, candidates[0])).json()["code"] == "already_chosen"


async def test_the_announcement_goes_through_two_hands(client: Client, candidates: list[str]) -> None:
    await choose(client, candidates[0])
    owner, approver = client(Role.OWNER), client(Role.APPROVER)
    written = await owner.put(ANNOUNCEMENT, json=TEXT)
    assert (written.status_code, written.json()["text"], written.json()["written_by"]) == (
        200,
        TEXT["text"],
        "owner",
    )
    assert (await approver.post(f"{ANNOUNCEMENT}/release")).status_code == 409
    submitted = await owner.post(f"{ANNOUNCEMENT}/submit")
    assert submitted.json()["state"] == "submitted"
    assert (await owner.put(ANNOUNCEMENT, json=TEXT)).json()["code"] == "wrong_announcement_state"
    assert (await owner.post(f"{ANNOUNCEMENT}/release")).status_code == 403
    assert (await approver.post(f"{ANNOUNCEMENT}/take-back")).json()["state"] == "draft"
    handed = (await owner.post(f"{ANNOUNCEMENT}/submit")).json()
    stale = {"submitted_at": "2017-12-01T00:00:00+08:00"}
    refused = await approver.post(f"{ANNOUNCEMENT}/release", json=stale)
    assert (refused.status_code, refused.json()["code"]) == (409, "announcement_changed")
    sent = {"submitted_at": handed["submitted_at"]}
    released = (await approver.post(f"{ANNOUNCEMENT}/release", json=sent)).json()
    assert (released["state"], released["released_by"]) == ("released", "approver")
    assert released["released_at"].endswith("+08:00")
    assert released["url"].endswith("/h5/results/2018")
    assert (await approver.post(f"{ANNOUNCEMENT}/release")).status_code == 409
    assert (await owner.patch(f"{PROJECTS}/1", json={"title": "书屋"})).status_code == 409
    assert (await owner.delete(f"{PROJECTS}/1")).status_code == 409


@pytest.mark.parametrize(
    "path", [f"{PROJECTS}/0", f"{PROJECTS}/x", f"{PROJECTS}/7", "/api/v1/campaigns/2017/announcement"]
)
async def test_what_is_not_there_is_told(client: Client, candidates: list[str], path: str) -> None:
    answer = await client().get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_an_unknown_field_is_refused(client: Client, candidates: list[str]) -> None:
    assert (await client().put(ANNOUNCEMENT, json={**TEXT, "state": "released"})).status_code == 422
    assert (await client().put(ANNOUNCEMENT, json={"title": "公告"})).status_code == 422
