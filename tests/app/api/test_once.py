"""Idempotency keys: what is sent again is done once and answered alike, on any replica."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from app.database import Database
from app.installation import Installation
from app.operators import requests
from app.operators.requests import KeyUsedOtherwise, once
from app.triage.phases import set_phase
from models import Merge, RequestKey
from models.enums import Role
from tests.app.api.conftest import Client, proposal

PATH = "/api/v1/merges"
BODY = {"into": "SS2018-0002", "proposals": ["SS2018-0001"], "reason": "说的是一件事"}


@pytest.fixture
def screening(installation: Installation, proposals: list[str]) -> None:
    with installation.database.writing() as session:
        session.add(proposal(4, title="午间健身操"))
        set_phase(session, "2018", "screening", "开会定的", actor="cli:tester", clock=installation.clock)


def merges(installation: Installation) -> int:
    with installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Merge)) or 0


async def send(client: Client, body: dict[str, Any], role: Role = Role.REVIEWER, key: str = "k-1") -> Any:
    return await client(role).post(PATH, json=body, headers={"Idempotency-Key": key})


async def test_the_same_request_again_gets_the_same_answer_and_does_nothing(
    client: Client, installation: Installation, screening: None
) -> None:
    first, again = await send(client, BODY), await send(client, BODY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert merges(installation) == 1


async def test_without_a_key_it_is_another_request(client: Client, screening: None) -> None:
    assert (await client(Role.REVIEWER).post(PATH, json=BODY)).status_code == 201
    assert (await client(Role.REVIEWER).post(PATH, json=BODY)).status_code == 409


async def test_a_key_used_for_something_else_is_refused(
    client: Client, installation: Installation, screening: None
) -> None:
    await send(client, BODY)
    other = await send(client, {**BODY, "proposals": ["SS2018-0004"]})
    assert other.status_code == 422
    assert other.json()["code"] == "key_used_otherwise"
    assert merges(installation) == 1


async def test_keys_of_two_operators_are_two_keys(
    client: Client, installation: Installation, screening: None
) -> None:
    await send(client, BODY)
    other = await send(client, {**BODY, "proposals": ["SS2018-0004"]}, role=Role.OWNER)
    assert other.status_code == 201
    assert merges(installation) == 2


async def test_a_request_that_was_refused_may_be_sent_again(client: Client, screening: None) -> None:
    assert (await send(client, {**BODY, "into": "SS2018-9999"})).status_code == 404
    assert (await send(client, BODY)).status_code == 201


async def test_the_key_itself_is_not_kept(client: Client, installation: Installation, screening: None) -> None:
    await send(client, BODY, key="somebody@example.org")
    with installation.database.reading() as session:
        assert "somebody" not in repr([tuple(row) for row in session.execute(select(RequestKey.__table__))])


def test_two_processes_with_one_key_do_it_once(database: Database, installation: Installation) -> None:
    key, asked, done = requests.digest("1", "k"), requests.digest("POST /x", b"{}"), []

    def make() -> str:
        done.append(1)
        return "made"

    def process(_number: int) -> str:
        with database.writing() as session:
            return once(session, key, asked, make, installation.clock)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(process, range(8))) == ["made"] * 8
    assert done == [1]
    with database.writing() as session, pytest.raises(KeyUsedOtherwise):
        once(session, key, requests.digest("POST /y", b"{}"), lambda: "made", installation.clock)
