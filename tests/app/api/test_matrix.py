"""Who may do what: every address of the API with every role, against one table. An address not in it fails."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI

from app.installation import Installation
from models.enums import Role
from tests.app.api.conftest import Client, proposal
from tests.app.api.polling import body
from tests.app.api.sending import broadcast
from tests.app.api.sifting import candidate, card, shortlist, turn_to

EVERYBODY = frozenset(Role)
OWNER = frozenset({Role.OWNER})
INTAKE = OWNER | {Role.INTAKE}
REVIEWER = OWNER | {Role.REVIEWER}
CAMPAIGNER = OWNER | {Role.CAMPAIGNER}
APPROVER = OWNER | {Role.APPROVER}

RETURN = {"decision": "return", "reason": "请补充经费来源"}
REJECT = {"decision": "reject", "reason": "已经在做", "ground": "exists"}
MERGE = {"into": "SS2018-0002", "proposals": ["SS2018-0001"], "reason": "说的是一件事"}
MEMBER = {"card": "A001", "name": "张三", "reason": "换了手机"}
ON_PAPER = {"scan": "1", "card": "A001", "name": "张三", "choices": {"1": "for"}}
UPLOADS = ("/forms", "/registers")
BESIDE = {"unit": "区医院工会", "link": "1", "paper": "1", "delivery": "1"}
FILES = {"files": ("空.docx", b"", "application/octet-stream")}


class Case(NamedTuple):
    """`sent` is the JSON, or what httpx is to be given beside the address."""

    method: str
    path: str
    may: frozenset[Role]
    sent: dict[str, Any] = {}  # noqa: RUF012 - never written to
    query: str = ""


def cases(given: dict[str, Any]) -> Iterator[Case]:
    number = "/proposals/{number}"
    for path in ("/campaigns", "/campaigns/{key}", "/proposals", number, f"{number}/similar"):
        yield Case("GET", path, EVERYBODY)
    for path in (f"{number}/assessments", f"{number}/second-looks", f"{number}/decisions"):
        yield Case("GET", path, EVERYBODY)
    for path in ("/merges", "/candidates", "/decisions", "/rounds"):
        yield Case("GET", path, EVERYBODY, query="campaign=2018")
    for path in ("/merges/{id}", "/candidates/{id}", "/forms/{import_id}", "/rounds/{id}"):
        yield Case("GET", path, EVERYBODY)
    yield Case("GET", "/rounds/{id}/results", EVERYBODY)
    yield Case("POST", "/campaigns/{key}/phase", APPROVER, {"phase": "screening", "reason": "开会定的"})
    yield Case("PATCH", number, INTAKE, {"category": "health"})
    yield Case("POST", f"{number}/assessments", REVIEWER, given["card"])
    yield Case("POST", f"{number}/second-looks", REVIEWER, {"reason": "分歧大"})
    yield Case("POST", f"{number}/decision", INTAKE | REVIEWER, RETURN)
    yield Case("POST", f"{number}/decision", REVIEWER, REJECT)
    yield Case("POST", "/decisions/publication", INTAKE | REVIEWER, {"campaign": "2018"})
    yield Case("POST", "/merges", REVIEWER, MERGE)
    yield Case("DELETE", "/merges/{id}", REVIEWER)
    yield Case("POST", "/candidates", CAMPAIGNER, candidate("SS2018-0004"))
    yield Case("PATCH", "/candidates/{id}", CAMPAIGNER, {"cost": "十万元"})
    yield Case("DELETE", "/candidates/{id}", CAMPAIGNER)
    yield Case("POST", "/candidate-order", CAMPAIGNER, {"campaign": "2018", "candidates": ["1"]})
    yield Case("POST", "/rounds", CAMPAIGNER, body(["1"], max_choices=1))
    yield Case("PATCH", "/rounds/{id}", CAMPAIGNER, {"turnout": "nobody"})
    yield Case("DELETE", "/rounds/{id}", CAMPAIGNER)
    for step in ("open", "close", "confirm", "publish"):
        yield Case("POST", f"/rounds/{{id}}/{step}", APPROVER)
    doubt = {"mark": "quick", "note": "核对过"}
    yield Case("GET", "/rounds/{id}/marks", EVERYBODY)
    yield Case("GET", "/rounds/{id}/invalidations", EVERYBODY)
    yield Case("POST", "/rounds/{id}/marks/reviews", CAMPAIGNER | APPROVER, doubt)
    yield Case("POST", "/rounds/{id}/invalidations", CAMPAIGNER | APPROVER, {**doubt, "reason": "machine"})
    for step in ("agree", "drop"):
        yield Case("POST", f"/rounds/{{id}}/invalidations/{{proposal}}/{step}", APPROVER)
    yield Case("GET", "/rounds/{id}/unit-opinions", EVERYBODY)
    yield Case(
        "PUT", "/rounds/{id}/unit-opinions/{unit}", CAMPAIGNER, {"opinions": [{"candidate": 1, "text": "好"}]}
    )
    yield Case("GET", "/rounds/{id}/unit-links", EVERYBODY)
    yield Case("POST", "/rounds/{id}/unit-links", CAMPAIGNER, {"units": ["区医院工会"]})
    yield Case("DELETE", "/rounds/{id}/unit-links/{link}", CAMPAIGNER)
    yield Case("GET", "/rounds/{id}/paper", EVERYBODY)
    yield Case("POST", "/rounds/{id}/paper", CAMPAIGNER | INTAKE, ON_PAPER)
    yield Case("POST", "/rounds/{id}/paper/{paper}/drop", CAMPAIGNER | INTAKE, {"reason": "看不清"})
    yield Case("GET", "/registers", EVERYBODY, query="campaign=2018")
    yield Case("GET", "/registers/{id}", EVERYBODY)
    yield Case("POST", "/registers", CAMPAIGNER, query="campaign=2018&title=x&dry_run=true")
    yield Case("DELETE", "/registers/{id}", CAMPAIGNER)
    yield Case("POST", "/registers/{id}/entries", CAMPAIGNER, MEMBER)
    yield Case("POST", "/registers/{id}/releases", CAMPAIGNER, MEMBER)
    yield Case("GET", "/projects", EVERYBODY, query="campaign=2018")
    yield Case("GET", "/projects/{id}", EVERYBODY)
    yield Case("POST", "/projects", CAMPAIGNER, {"campaign": "2018", "candidate": "1"})
    yield Case("PATCH", "/projects/{id}", CAMPAIGNER, {"title": "接力站"})
    yield Case("DELETE", "/projects/{id}", CAMPAIGNER)
    yield Case("POST", "/project-order", CAMPAIGNER, {"campaign": "2018", "projects": ["1"]})
    yield Case("GET", "/campaigns/{key}/announcement", EVERYBODY)
    yield Case("PUT", "/campaigns/{key}/announcement", CAMPAIGNER, {"title": "公告", "text": "正文"})
    yield Case("POST", "/campaigns/{key}/announcement/submit", CAMPAIGNER)
    yield Case("POST", "/campaigns/{key}/announcement/take-back", CAMPAIGNER | APPROVER)
    yield Case("POST", "/campaigns/{key}/announcement/release", APPROVER)
    yield Case("GET", "/broadcasts", EVERYBODY, query="campaign=2018")
    yield Case("POST", "/broadcasts", CAMPAIGNER, broadcast())
    for path in ("/broadcasts/{id}", "/broadcasts/{id}/plan", "/broadcasts/{id}/deliveries"):
        yield Case("GET", path, EVERYBODY)
    yield Case("PATCH", "/broadcasts/{id}", CAMPAIGNER, {"title": "通知"})
    yield Case("DELETE", "/broadcasts/{id}", CAMPAIGNER)
    yield Case("POST", "/broadcasts/{id}/preview", CAMPAIGNER, {"openid": "oNobody"})
    for step in ("submit", "take-back", "pause", "resume", "cancel", "retry-failed"):
        yield Case("POST", f"/broadcasts/{{id}}/{step}", CAMPAIGNER)
    yield Case("POST", "/broadcasts/{id}/approve", APPROVER)
    yield Case("POST", "/broadcasts/{id}/jobs/ask", CAMPAIGNER)
    yield Case("POST", "/broadcasts/{id}/jobs/delete", APPROVER, {"confirm": "通知"})
    yield Case("POST", "/broadcasts/{id}/deliveries/{delivery}/release", APPROVER, {"as": "sent"})
    yield Case("POST", "/forms", INTAKE, query="dry_run=true")
    yield Case("DELETE", "/forms/{import_id}", INTAKE)


@pytest.fixture
def table(installation: Installation, proposals: list[str], tokens: dict[Role, str]) -> list[Case]:
    turn_to(installation, "screening")
    with installation.database.writing() as session:
        session.add(proposal(4, title="爱心接力站"))
    shortlist(installation, ["SS2018-0004"])
    return list(cases({"card": card(installation)}))


async def ask(client: httpx.AsyncClient, case: Case) -> httpx.Response:
    path = case.path.format(number="SS2018-0001", key="2018", id="1", proposal="1", import_id="1", **BESIDE)
    sent: dict[str, Any] = {"files": FILES} if case.method == "POST" and case.path in UPLOADS else {}
    if case.sent:
        sent = {"json": case.sent}
    return await client.request(case.method, f"/api/v1{path}?{case.query}", **sent)


def described(app: FastAPI) -> set[tuple[str, str]]:
    api = next(route.app for route in app.routes if getattr(route, "path", "") == "/api/v1")  # type: ignore[attr-defined]
    operations = api.openapi()["paths"].items()
    return {(method.upper(), path) for path, methods in operations for method in methods}


def test_every_address_is_in_the_table(app: FastAPI, table: list[Case]) -> None:
    assert {(case.method, case.path) for case in table} == described(app)


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_does_what_it_may_and_nothing_else(client: Client, table: list[Case], role: Role) -> None:
    for case in table:
        answer = await ask(client(role), case)
        told = f"{role} {case.method} {case.path}: {answer.status_code} {answer.text}"
        if role in case.may:
            assert answer.status_code != 401, told
            assert answer.status_code != 403 or answer.json()["code"] != "forbidden", told
            assert answer.status_code < 500, told
        else:
            assert answer.status_code == 403, told
            assert answer.json()["code"] == "forbidden", told


async def test_nobody_does_anything_without_a_token(client: Client, table: list[Case]) -> None:
    for case in table:
        answer = await ask(client(None), case)
        assert answer.status_code == 401, f"{case.method} {case.path}: {answer.status_code}"
