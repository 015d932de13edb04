"""Rounds over the API: from the draft to what was published, with what is refused on the way."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.installation import Installation
from models.enums import Role
from tests.app.api.conftest import Client
from tests.app.api.polling import body, cast, furnish
from tests.app.api.sifting import turn_to
from tests.app.api.test_matrix import described

API = "/api/v1"
ROUNDS = f"{API}/rounds"
OPINION = "多放几台微波炉，有事打 13800001234"


@pytest.fixture
def candidates(installation: Installation, tokens: dict[Role, str]) -> list[str]:
    return furnish(installation)


async def good(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer: httpx.Response, status: int, code: str, words: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], words in answer.json()["detail"]) == (code, True), answer.text


async def composed(client: Client, candidates: list[str], **changes: Any) -> str:
    made = await good(await client(Role.CAMPAIGNER).post(ROUNDS, json=body(candidates, **changes)), 201)
    id: str = made["id"]
    return id


async def opened(client: Client, candidates: list[str], **changes: Any) -> str:
    id = await composed(client, candidates, **changes)
    await good(await client(Role.APPROVER).post(f"{ROUNDS}/{id}/open"))
    return id


async def test_a_draft_is_shown_as_it_was_composed(client: Client, candidates: list[str]) -> None:
    answer = await client(Role.CAMPAIGNER).post(ROUNDS, json=body(candidates[:4]))
    made = await good(answer, 201)
    assert made == await good(await client(Role.AUDITOR).get(f"{ROUNDS}/{made['id']}"))
    assert made == (await good(await client(Role.AUDITOR).get(ROUNDS, params={"campaign": "2018"})))["items"][0]
    assert (made["state"], made["ballot_type"], made["electorate"]) == ("draft", "approval", {"followers": True})
    assert made["candidates"] == candidates[:4]
    assert (made["opens_at"], made["closes_at"]) == ("2017-12-01T09:00:00+08:00", "2017-12-08T18:00:00+08:00")
    assert made["url"].endswith(f"/h5/vote/{made['id']}")
    assert [made[name] for name in ("seed", "head_at_open", "head", "ballots")] == [None] * 4


async def test_from_draft_to_published(client: Client, installation: Installation, candidates: list[str]) -> None:
    id = await opened(client, candidates)
    approver, owner = client(Role.APPROVER), client(Role.OWNER)
    open_now = await good(await owner.get(f"{ROUNDS}/{id}"))
    assert (open_now["state"], open_now["released_by"], open_now["head"]) == ("open", "approver", None)
    assert len(open_now["seed"]) == len(open_now["head_at_open"]) == 64
    cast(installation, id, "张三", 1, 2, o2=OPINION)
    cast(installation, id, "李四", 2, o2="不如先修厕所")
    closed = await good(await approver.post(f"{ROUNDS}/{id}/close"))
    assert (closed["state"], closed["closed_by"], closed["ballots"], len(closed["head"])) == (
        "closed",
        "approver",
        2,
        64,
    )
    refused(await approver.post(f"{ROUNDS}/{id}/publish"), 409, "wrong_round_state", "待确认")
    assert (await good(await approver.post(f"{ROUNDS}/{id}/confirm")))["confirmed_by"] == "approver"
    refused(await approver.post(f"{ROUNDS}/{id}/publish"), 403, "forbidden", "另一位同事")
    published = await good(await owner.post(f"{ROUNDS}/{id}/publish"))
    assert (published["state"], published["published_by"]) == ("published", "owner")
    told = await good(await client(Role.REVIEWER).get(f"{ROUNDS}/{id}/results"))
    assert (told["total_ballots"], told["state"], told["head"]) == (2, "published", closed["head"])
    assert [one["votes"] for one in told["candidates"]] == [1, 2, 0, 0, 0, 0, 0, 0]
    second = told["candidates"][1]
    assert (second["number"], second["title"], second["rank"], second["lot"]) == (2, "户外职工接力站", 1, None)
    assert second["opinions"] == ["不如先修厕所", "多放几台微波炉，有事打 〔号码略〕"]
    assert told["candidates"][2]["lot"] is not None


async def test_whoever_composed_it_does_not_confirm_it(client: Client, candidates: list[str]) -> None:
    owner = client(Role.OWNER)
    id = (await good(await owner.post(ROUNDS, json=body(candidates)), 201))["id"]
    for step in ("open", "close"):
        await good(await owner.post(f"{ROUNDS}/{id}/{step}", json={} if step == "open" else None))
    refused(await owner.post(f"{ROUNDS}/{id}/confirm"), 403, "forbidden", "另一位同事")


async def test_yes_no_abstain(client: Client, installation: Installation, candidates: list[str]) -> None:
    id = await opened(client, candidates[:2], ballot_type="yes_no_abstain", min_choices=0, max_choices=2)
    cast(installation, id, "张三", 1)
    await good(await client(Role.APPROVER).post(f"{ROUNDS}/{id}/close"))
    told = await good(await client().get(f"{ROUNDS}/{id}/results"))
    assert [(one["votes"], one["against"], one["abstain"]) for one in told["candidates"]] == [(1, 0, 0), (0, 0, 1)]


async def test_it_opens_and_closes_by_the_clock(
    client: Client, installation: Installation, candidates: list[str]
) -> None:
    id = await composed(client, candidates, opens_at="2017-12-02T09:00:00+08:00")
    released = await good(await client(Role.APPROVER).post(f"{ROUNDS}/{id}/open", json={"at_its_time": True}))
    assert (released["state"], released["released_by"]) == ("draft", "approver")
    refused(await client().get(f"{ROUNDS}/{id}/results"), 403, "sealed")
    installation.clock.advance(days=1)  # type: ignore[attr-defined]
    assert (await good(await client().get(f"{ROUNDS}/{id}")))["state"] == "open"
    cast(installation, id, "张三", 3)
    refused(await client().get(f"{ROUNDS}/{id}/results"), 403, "sealed")
    installation.clock.advance(days=7)  # type: ignore[attr-defined]
    listed = (await good(await client().get(ROUNDS, params={"campaign": "2018"})))["items"]
    assert [one["state"] for one in listed] == ["closed"]
    told = await good(await client().get(f"{ROUNDS}/{id}/results"))
    assert (told["state"], told["total_ballots"], told["candidates"][2]["votes"]) == ("closed", 1, 1)
    assert (await good(await client().get(f"{ROUNDS}/{id}")))["closed_by"] is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"opens_at": "2017-12-01T09:00:00"}, "带时区"),
        ({"closes_at": 1512090000}, "带时区"),
        ({"closes_at": "2017-13-08T18:00:00+08:00"}, "带时区"),
        ({"candidates": [1, 2]}, "要写成文字"),
        ({"candidates": []}, "candidates"),
        ({"candidates": ["1", "2", "999"]}, "没有编号为 999"),
        ({"max_choices": "3"}, "max_choices"),
        ({"max_choices": 9}, "只有 8 个"),
        ({"min_choices": 4}, "比最多选的还多"),
        ({"ballot_type": "borda"}, "没有“borda”这种选票"),
        ({"turnout": "boss"}, "turnout"),
        ({"electorate": {"followers": False}}, "electorate"),
        ({"electorate": {"followers": True, "register": "1"}}, "electorate"),
        ({"electorate": {"register": "7"}}, "没有这份会员名册"),
        ({"state": "open"}, "没有这一项"),
        ({"closes_at": "2017-11-01T09:00:00+08:00"}, "晚于开始时间"),
    ],
)
async def test_what_does_not_fit_is_told(
    client: Client, candidates: list[str], changes: dict[str, Any], told: str
) -> None:
    answer = await client(Role.CAMPAIGNER).post(ROUNDS, json=body(candidates, **changes))
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert (await good(await client().get(ROUNDS, params={"campaign": "2018"})))["items"] == []


async def test_who_may_vote_is_said_as_it_was_asked(client: Client, candidates: list[str]) -> None:
    before = {"followers_before": "2017-11-01T00:00:00+08:00"}
    id = await composed(client, candidates, electorate=before, opens_at=None, closes_at=None)
    made = await good(await client().get(f"{ROUNDS}/{id}"))
    assert (made["electorate"], made["opens_at"], made["closes_at"]) == (before, None, None)


async def test_a_draft_may_be_changed_and_dropped(client: Client, candidates: list[str]) -> None:
    id = await composed(client, candidates)
    maker = client(Role.CAMPAIGNER)
    changes = {"title": "改了名字", "candidates": candidates[2:5], "closes_at": None, "turnout": "everyone"}
    made = await good(await maker.patch(f"{ROUNDS}/{id}", json=changes))
    assert {name: made[name] for name in changes} == changes
    refused(await maker.patch(f"{ROUNDS}/{id}", json={"title": None}), 422, "invalid", "title")
    refused(await maker.patch(f"{ROUNDS}/{id}", json={"campaign": "2019"}), 422, "bad_fields")
    assert (await maker.delete(f"{ROUNDS}/{id}")).status_code == 204
    refused(await maker.get(f"{ROUNDS}/{id}"), 404, "no_round")


async def test_once_open_only_secrecy_grows(client: Client, candidates: list[str]) -> None:
    id = await opened(client, candidates)
    maker, path = client(Role.CAMPAIGNER), f"{ROUNDS}/{id}"
    refused(await maker.patch(path, json={"max_choices": 5}), 409, "wrong_round_state")
    refused(await maker.patch(path, json={"turnout": "everyone"}), 409, "wrong_round_state", "只能收紧")
    assert (await good(await maker.get(path)))["ballots"] == 0
    assert (await good(await maker.patch(path, json={"turnout": "nobody"})))["ballots"] is None
    refused(await maker.delete(path), 409, "wrong_round_state")


async def test_opening_needs_the_phase(client: Client, installation: Installation, candidates: list[str]) -> None:
    id = await composed(client, candidates)
    turn_to(installation, "screening")
    refused(await client(Role.APPROVER).post(f"{ROUNDS}/{id}/open"), 409, "phase_closed")


async def test_sent_twice_it_is_made_once(client: Client, candidates: list[str]) -> None:
    maker = client(Role.CAMPAIGNER)
    key = {"Idempotency-Key": "轮次-1".encode().hex()}
    first, second = [await maker.post(ROUNDS, json=body(candidates), headers=key) for _ in range(2)]
    assert (await good(first, 201)) == (await good(second, 201))
    assert len((await good(await maker.get(ROUNDS, params={"campaign": "2018"})))["items"]) == 1


@pytest.mark.parametrize("id", ["9", "0", "x", "9" * 30])
async def test_what_is_not_there(client: Client, candidates: list[str], id: str) -> None:
    for path in (f"{ROUNDS}/{id}", f"{ROUNDS}/{id}/results"):
        assert (await client().get(path)).status_code == 404
    assert (await client().post(f"{ROUNDS}/{id}/open")).status_code == 404


async def test_no_address_tells_anything_of_an_open_round(
    app: FastAPI, client: Client, installation: Installation, candidates: list[str]
) -> None:
    """Forty-one voters, thirty for one candidate and eleven for another: these numbers would be seen anywhere."""
    id = await opened(client, candidates, turnout="nobody")
    for voter in range(41):
        cast(installation, id, f"职工{voter}", 2 if voter < 30 else 3, o2=f"{OPINION}{voter}")
    owner, walked = client(Role.OWNER), 0
    for method, path in sorted(described(app)):
        if method != "GET":
            continue
        filled = path.format(key="2018", number="SS2018-0001", id=id, import_id="1")
        answer = await owner.get(f"{API}{filled}", params={"campaign": "2018"} if "{" not in path else {})
        assert answer.status_code < 500, path
        assert "微波炉" not in answer.text, path
        assert not {41, 30, 11} & set(numbers_in(answer.json())), path
        walked += answer.status_code == 200
    assert walked > 10
    refused(await owner.get(f"{ROUNDS}/{id}/results"), 403, "sealed")


def numbers_in(told: Any) -> list[int]:
    """Every number that stands anywhere in an answer."""
    if isinstance(told, dict):
        return [number for value in told.values() for number in numbers_in(value)]
    if isinstance(told, list):
        return [number for value in told for number in numbers_in(value)]
    return [told] if isinstance(told, int) and not isinstance(told, bool) else []
