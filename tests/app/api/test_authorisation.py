"""Who may come in, and what nobody hears about persons who must not."""

from typing import Any

import pytest
from sqlalchemy import select

from app.database import Database
from models import Operator
from models.enums import Role
from tests.app.api.conftest import OPENID, PHONE, Client
from tests.fixtures.clocks import START

READ = ("/api/v1/campaigns", "/api/v1/campaigns/2018", "/api/v1/proposals", "/api/v1/proposals/SS2018-0001")


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer wrong", "Basic b3duZXI6eA==", "Bearer shishi_" + "a" * 43, "Bearer 张三"]
)
async def test_without_a_good_token_nobody_reads(client: Client, path: str, header: str | None) -> None:
    headers = {b"Authorization": header.encode()} if header else {}
    answer = await client(None).get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthorised"


async def test_a_disabled_account_is_out(client: Client, database: Database) -> None:
    with database.writing() as session:
        session.scalars(select(Operator).where(Operator.name == "intake")).one().disabled_at = START
    assert (await client(Role.INTAKE).get("/api/v1/proposals")).status_code == 401


@pytest.mark.parametrize("role", list(Role))
async def test_every_operator_reads(client: Client, proposals: list[str], role: Role) -> None:
    for path in READ:
        assert (await client(role).get(path)).status_code == 200


@pytest.mark.parametrize("role", [Role.INTAKE, Role.REVIEWER, Role.CAMPAIGNER, Role.AUDITOR])
async def test_only_approvers_and_owners_set_the_phase(client: Client, role: Role) -> None:
    answer = await client(role).post("/api/v1/campaigns/2018/phase", json={"nonsense": 1})
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CAMPAIGNER, Role.APPROVER, Role.AUDITOR])
async def test_only_intake_and_owners_sort(client: Client, proposals: list[str], role: Role) -> None:
    answer = await client(role).patch("/api/v1/proposals/SS2018-0001", json={"category": "health"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("role", "of_worker", "of_union"),
    [
        (Role.OWNER, ("张三", PHONE, OPENID), ("李四", "02125032214", None)),
        (Role.INTAKE, ("张三", "138******78", None), ("李四", "02125032214", None)),
        (Role.REVIEWER, (None, "138******78", None), (None, "021******14", None)),
        (Role.CAMPAIGNER, (None, "138******78", None), (None, "021******14", None)),
        (Role.APPROVER, (None, "138******78", None), (None, "021******14", None)),
        (Role.AUDITOR, (None, None, None), (None, None, None)),
    ],
)
async def test_of_a_person_each_role_sees_its_part(
    client: Client, proposals: list[str], role: Role, of_worker: tuple[Any, ...], of_union: tuple[Any, ...]
) -> None:
    listed = (await client(role).get("/api/v1/proposals")).json()["items"]
    for number, expected in zip(proposals, (of_worker, of_union), strict=False):
        alone = (await client(role).get(f"/api/v1/proposals/{number}")).json()
        assert alone in listed
        assert tuple(alone["proposer"].values()) == expected
