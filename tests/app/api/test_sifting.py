"""Sifting over the API: from proposals to candidates, with what is refused on the way."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.installation import Installation
from models import Delivery, Operator
from models.enums import IntakeChannel, ProposalStatus, Role
from tests.app.api.conftest import OPENID, Client, proposal
from tests.app.api.sifting import candidate, card, shortlist, turn_to

API = "/api/v1"
FIRST, UNION, OTHER = "SS2018-0001", "SS2018-0002", "SS2018-0004"


@pytest.fixture(autouse=True)
def _screening(installation: Installation, proposals: list[str], tokens: dict[Role, str]) -> None:
    """A worker's, a union's (into which a department's was merged), and another worker's proposal."""
    turn_to(installation, "screening")
    with installation.database.writing() as session:
        session.add(proposal(4, title="爱心接力站", unit="殷行街道某养老院"))


async def good(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer: httpx.Response, status: int, code: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not code or answer.json()["code"] == code, answer.text


class TestAssessments:
    PATH = f"{API}/proposals/{FIRST}/assessments"

    async def test_reviewers_are_blind_until_both_are_in(self, client: Client, installation: Installation) -> None:
        first, second = client(Role.REVIEWER), client(Role.OWNER)
        given = await good(await first.post(self.PATH, json=card(installation, 5)), 201)
        assert (given["operator"], given["look"], given["conclusion"]) == ("reviewer", 0, "recommend")
        seen = await good(await second.get(self.PATH))
        assert (seen["items"], seen["complete"], seen["needed"]) == ([], 1, 2)
        assert [one["operator"] for one in (await good(await first.get(self.PATH)))["items"]] == ["reviewer"]
        await good(await second.post(self.PATH, json=card(installation, 2, "hold")), 201)
        for reader in (first, second, client(Role.AUDITOR)):
            seen = await good(await reader.get(self.PATH))
            assert [one["operator"] for one in seen["items"]] == ["reviewer", "owner"]
            assert {(one["mean"], one["spread"]) for one in seen["criteria"]} == {(3.5, 3)}

    async def test_a_card_may_be_changed_while_nobody_else_can_read_it(
        self, client: Client, installation: Installation
    ) -> None:
        reviewer = client(Role.REVIEWER)
        await good(await reviewer.post(self.PATH, json=card(installation, 5)), 201)
        again = await good(await reviewer.post(self.PATH, json=card(installation, 3)), 201)
        assert set(again["scores"].values()) == {3}
        assert (await good(await reviewer.get(self.PATH)))["complete"] == 1
        await good(await client(Role.OWNER).post(self.PATH, json=card(installation)), 201)
        refused(await reviewer.post(self.PATH, json=card(installation, 1)), 409, "not_to_be_assessed")

    async def test_what_is_missing_is_named(self, client: Client, installation: Installation) -> None:
        body = card(installation)
        body["scores"].pop("lasting")
        body["reasons"]["online"] = " "
        body["scores"]["feasible"] = 6
        body["scores"]["made_up"] = 1
        answer = await client(Role.REVIEWER).post(self.PATH, json=body)
        refused(answer, 422, "incomplete_card")
        for words in ("长效性：还没有打分", "网上延伸：请写一句理由", "操作性：分数", "made_up"):
            assert words in answer.json()["detail"]

    @pytest.mark.parametrize(
        "wrong", [{"conclusion": "maybe"}, {"scores": {"lasting": "5"}}, {"scores": {"lasting": 4.5}}, {"x": 1}]
    )
    async def test_what_is_no_card_is_refused(
        self, client: Client, installation: Installation, wrong: dict[str, Any]
    ) -> None:
        refused(
            await client(Role.REVIEWER).post(self.PATH, json={**card(installation), **wrong}), 422, "bad_fields"
        )

    async def test_nobody_assesses_the_own_unit(self, client: Client, installation: Installation) -> None:
        with installation.database.writing() as session:
            session.scalars(select(Operator).where(Operator.name == "reviewer")).one().unit = "殷行街道总工会"
        answer = await client(Role.REVIEWER).post(f"{API}/proposals/{UNION}/assessments", json=card(installation))
        refused(answer, 403, "own_unit")

    async def test_a_second_look_wants_another_reviewer(self, client: Client, installation: Installation) -> None:
        reviewer = client(Role.REVIEWER)
        path = f"{API}/proposals/{OTHER}"
        refused(await reviewer.post(f"{path}/second-looks", json={"reason": "分歧大"}), 409)
        shortlist(installation, [FIRST])
        for one in (Role.REVIEWER, Role.OWNER):
            await good(await client(one).post(f"{path}/assessments", json=card(installation)), 201)
        asked = await good(await reviewer.post(f"{path}/second-looks", json={"reason": "分歧大"}), 201)
        assert asked == (await good(await reviewer.get(f"{path}/second-looks")))["items"][0]
        assert (await good(await reviewer.get(f"{path}/assessments")))["needed"] == 3
        shortlisting = {"decision": "shortlist", "reason": "值得做"}
        refused(await reviewer.post(f"{path}/decision", json=shortlisting), 409, "not_to_be_decided")

    async def test_not_while_proposals_are_collected(self, client: Client, installation: Installation) -> None:
        turn_to(installation, "collecting")
        refused(await client(Role.REVIEWER).post(self.PATH, json=card(installation)), 409, "phase_closed")


class TestDecisions:
    PATH = f"{API}/proposals/{FIRST}/decision"

    async def test_a_decision_changes_the_status_and_is_owed_to_the_author(
        self, client: Client, installation: Installation
    ) -> None:
        body = {"decision": "reject", "reason": "已经有同样的服务", "ground": "exists"}
        told = await good(await client(Role.REVIEWER).post(self.PATH, json=body), 201)
        assert told["status"] == "rejected"
        assert told == await good(await client(Role.REVIEWER).get(f"{API}/proposals/{FIRST}"))
        with installation.database.reading() as session:
            [owed] = session.scalars(select(Delivery)).all()
        assert (owed.openid, owed.kind, owed.about) == (OPENID, "decision", "proposal:1")
        assert "已经有同样的服务" in owed.body["text"]
        [once] = (await good(await client(Role.AUDITOR).get(f"{API}/proposals/{FIRST}/decisions")))["items"]
        assert (once["decision"], once["ground"], once["operator"]) == ("reject", "exists", "reviewer")

    async def test_shortlisting_needs_two_reviewers(self, client: Client, installation: Installation) -> None:
        body = {"decision": "shortlist", "reason": "值得做"}
        reviewer = client(Role.REVIEWER)
        refused(await reviewer.post(self.PATH, json=body), 409, "not_to_be_decided")
        assessing = f"{API}/proposals/{FIRST}/assessments"
        for _ in range(2):
            await good(await reviewer.post(assessing, json=card(installation)), 201)
        refused(await reviewer.post(self.PATH, json=body), 409, "not_to_be_decided")
        await good(await client(Role.OWNER).post(assessing, json=card(installation)), 201)
        assert (await good(await reviewer.post(self.PATH, json=body), 201))["status"] == "shortlisted"

    async def test_prepared_answers_are_published_together(
        self, client: Client, installation: Installation
    ) -> None:
        reviewer = client(Role.REVIEWER)
        for number in (FIRST, OTHER):
            body = {"decision": "return", "reason": "请写写经费来源", "hold": True}
            held = await good(await reviewer.post(f"{API}/proposals/{number}/decision", json=body), 201)
            assert held["status"] == "submitted"
        waiting = await good(await reviewer.get(f"{API}/decisions", params={"campaign": "2018"}))
        assert [one["proposal"] for one in waiting["items"]] == [FIRST, OTHER]
        assert {one["published_at"] for one in waiting["items"]} == {None}
        published = await reviewer.post(f"{API}/decisions/publication", json={"campaign": "2018"})
        assert await good(published, 201) == {"published": 2}
        statuses = {(await good(await reviewer.get(f"{API}/proposals/{n}")))["status"] for n in (FIRST, OTHER)}
        assert statuses == {"returned"}

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"decision": "reject", "reason": ""}, 422),
            ({"decision": "reject", "reason": "x", "ground": "no_such"}, 422),
            ({"decision": "approve", "reason": "x"}, 422),
            ({"decision": "return", "reason": "长" * 401}, 422),
        ],
    )
    async def test_what_cannot_be_decided(self, client: Client, body: dict[str, Any], status: int) -> None:
        refused(await client(Role.REVIEWER).post(self.PATH, json=body), status)

    async def test_what_was_merged_is_decided_no_more(self, client: Client) -> None:
        body = {"decision": "reject", "reason": "已经有同样的服务"}
        path = f"{API}/proposals/SS2018-0003/decision"
        refused(await client(Role.REVIEWER).post(path, json=body), 409, "not_to_be_decided")


class TestMerges:
    BODY = {"into": UNION, "proposals": [FIRST, OTHER], "reason": "说的是一件事"}  # noqa: RUF012

    async def test_merging_and_undoing(self, client: Client) -> None:
        reviewer = client(Role.REVIEWER)
        before = [await good(await reviewer.get(f"{API}/proposals/{number}")) for number in (FIRST, OTHER, UNION)]
        made = await good(await reviewer.post(f"{API}/merges", json=self.BODY), 201)
        assert (made["into"], made["proposals"], made["operator"]) == (UNION, [FIRST, OTHER], "reviewer")
        assert made == await good(await reviewer.get(f"{API}/merges/{made['id']}"))
        merged = await good(await reviewer.get(f"{API}/proposals/{FIRST}"))
        assert (merged["status"], merged["merged_into"]) == ("merged", UNION)
        listed = await good(await reviewer.get(f"{API}/merges", params={"campaign": "2018"}))
        assert [one["id"] for one in listed["items"]] == [made["id"]]
        assert (await reviewer.delete(f"{API}/merges/{made['id']}")).status_code == 204
        after = [await good(await reviewer.get(f"{API}/proposals/{number}")) for number in (FIRST, OTHER, UNION)]
        assert after == before
        refused(await reviewer.delete(f"{API}/merges/{made['id']}"), 404)

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"proposals": [UNION]}, 422),
            ({"proposals": []}, 422),
            ({"proposals": ["SS2018-9999"]}, 404),
            ({"proposals": ["SS2018-0003"]}, 409),
            ({"into": "SS2018-0003"}, 409),
            ({"into": "1"}, 422),
            ({"reason": ""}, 422),
        ],
    )
    async def test_what_cannot_be_merged(self, client: Client, change: dict[str, Any], status: int) -> None:
        refused(await client(Role.REVIEWER).post(f"{API}/merges", json={**self.BODY, **change}), status)

    @pytest.mark.parametrize("path", ["0", "x", "99", "1e3", "-1", "9" * 30])
    async def test_an_unknown_merge_is_not_found(self, client: Client, path: str) -> None:
        refused(await client(Role.REVIEWER).get(f"{API}/merges/{path}"), 404)


class TestCandidates:
    async def test_its_lineage_is_fit_for_the_public(self, client: Client, installation: Installation) -> None:
        shortlist(installation, [UNION, OTHER])
        campaigner = client(Role.CAMPAIGNER)
        body = candidate(
            UNION,
            OTHER,
            maturity="new",
            indicators=[{"title": "新建接力站", "target": "30 个"}],
            department="保障部",
        )
        made = await good(await campaigner.post(f"{API}/candidates", json=body), 201)
        assert made == await good(await campaigner.get(f"{API}/candidates/{made['id']}"))
        assert (made["number"], made["frozen"], made["proposals"]) == (None, False, [UNION, OTHER])
        union, worker = made["lineage"]
        assert (union["unit"], [one["number"] for one in union["merged"]]) == ("殷行街道总工会", ["SS2018-0003"])
        assert (worker["channel"], worker["unit"]) == (IntakeChannel.WECHAT, None)
        for number in (UNION, OTHER, "SS2018-0003"):
            assert (await good(await campaigner.get(f"{API}/proposals/{number}")))["candidates"] == [made["id"]]

    async def test_they_are_edited_ordered_and_dropped_until_opinions_are_asked(
        self, client: Client, installation: Installation
    ) -> None:
        shortlist(installation, [UNION, OTHER])
        campaigner = client(Role.CAMPAIGNER)
        made = [
            await good(await campaigner.post(f"{API}/candidates", json=candidate(number, title=number)), 201)
            for number in (UNION, OTHER, UNION)
        ]
        ids = [one["id"] for one in made]
        edited = await campaigner.patch(f"{API}/candidates/{ids[0]}", json={"cost": "十万元", "indicators": []})
        assert (await good(edited))["cost"] == "十万元"
        assert (await campaigner.delete(f"{API}/candidates/{ids[2]}")).status_code == 204
        order = {"campaign": "2018", "candidates": [ids[1], ids[0]]}
        ordered = await good(await campaigner.post(f"{API}/candidate-order", json=order))
        assert [one["id"] for one in ordered["items"]] == [ids[1], ids[0]]
        turn_to(installation, "opinion")
        frozen = await good(await campaigner.get(f"{API}/candidates", params={"campaign": "2018"}))
        assert [(one["id"], one["number"]) for one in frozen["items"]] == [(ids[1], 1), (ids[0], 2)]
        refused(
            await campaigner.patch(f"{API}/candidates/{ids[0]}", json={"cost": "一元"}), 409, "candidate_frozen"
        )
        refused(await campaigner.delete(f"{API}/candidates/{ids[0]}"), 409, "candidate_frozen")
        refused(await campaigner.post(f"{API}/candidate-order", json=order), 409, "candidate_frozen")
        late = await good(await campaigner.post(f"{API}/candidates", json=candidate(UNION, title="后来的")), 201)
        assert (late["number"], late["frozen"]) == (3, True)

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"proposals": [FIRST]}, 409),
            ({"proposals": []}, 422),
            ({"proposals": ["SS2018-9999"]}, 404),
            ({"title": ""}, 422),
            ({"title": "长" * 61}, 422),
            ({"category": "no_such"}, 422),
            ({"maturity": "ripe"}, 422),
            ({"indicators": [{"title": "新建"}]}, 422),
            ({"campaign": "2099"}, 404),
            ({"votes": 1}, 422),
        ],
    )
    async def test_what_cannot_be_a_candidate(
        self, client: Client, installation: Installation, change: dict[str, Any], status: int
    ) -> None:
        shortlist(installation, [UNION])
        answer = await client(Role.CAMPAIGNER).post(f"{API}/candidates", json={**candidate(UNION), **change})
        refused(answer, status)

    async def test_what_every_candidate_has_is_not_taken_away(
        self, client: Client, installation: Installation
    ) -> None:
        shortlist(installation, [UNION])
        campaigner = client(Role.CAMPAIGNER)
        made = await good(await campaigner.post(f"{API}/candidates", json=candidate(UNION, cost="十万元")), 201)
        refused(await campaigner.patch(f"{API}/candidates/{made['id']}", json={"title": None}), 422)
        assert (await good(await campaigner.patch(f"{API}/candidates/{made['id']}", json={"cost": None})))[
            "cost"
        ] is None


async def test_the_proposal_of_somebody_who_left_is_decided_and_nobody_is_owed(
    client: Client, installation: Installation
) -> None:
    body = {"decision": "reject", "reason": "已经有同样的服务"}
    told = await good(await client(Role.REVIEWER).post(f"{API}/proposals/{OTHER}/decision", json=body), 201)
    assert told["status"] == ProposalStatus.REJECTED
    with installation.database.reading() as session:
        assert session.scalars(select(Delivery)).all() == []
