"""/forms: bringing in files, telling what became of each, undoing; as the contract words it."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.api.guard import BODY_LIMIT
from app.installation import Installation
from models import FormImport, Proposal
from models.enums import Role
from tests.app.api.conftest import Client

FORMS = Path(__file__).parents[2] / "data/forms"
EXPECTED: dict[str, Any] = json.loads((FORMS / "expected.json").read_text(encoding="utf-8"))["files"]
ADDRESS = "/api/v1/forms"
DRY = {"campaign": "2018", "dry_run": "true"}


def sent(*beginnings: str) -> list[tuple[str, tuple[str, bytes]]]:
    paths = [path for beginning in beginnings for path in FORMS.glob(f"{beginning}*")]
    return [("files", (path.name, path.read_bytes())) for path in paths]


def count(installation: Installation, table: type) -> int:
    with installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_dry_run_reads_everything_and_imports_nothing(client: Client, installation: Installation) -> None:
    answer = await client().post(ADDRESS, params=DRY, files=sent(*(name[:3] for name in EXPECTED)))
    assert answer.status_code == 200
    assert answer.json()["import"] is None
    assert {one["name"]: one["status"] for one in answer.json()["files"]} == {
        name: said["status"] for name, said in EXPECTED.items()
    }
    assert count(installation, Proposal) == 0


async def test_an_import_answers_as_it_is_shown_later(client: Client, installation: Installation) -> None:
    made = await client(Role.INTAKE).post(ADDRESS, params={"campaign": "2018"}, files=sent("A01", "A10"))
    assert made.status_code == 201
    body = made.json()
    assert [form["number"] for one in body["files"] for form in one["forms"]] == [
        "SS2018-0001",
        "SS2018-0002",
        "SS2018-0003",
    ]
    assert body["files"][0]["forms"][0].items() >= {"phone": "13800001021", "filler": "殷舒禾"}.items()
    assert (await client(Role.INTAKE).get(f"{ADDRESS}/{body['import']}")).json() == body
    proposal = (await client().get("/api/v1/proposals/SS2018-0001")).json()
    assert (proposal["channel"], proposal["unit"]) == ("organisation", "殷行街道总工会")
    assert proposal["proposer"] == {"name": "殷舒禾", "phone": "13800001021", "openid": None}
    assert proposal["evaluation_text"].startswith("第1项会员服务卡")


async def test_others_see_what_they_may_see(client: Client) -> None:
    body = (await client(Role.INTAKE).post(ADDRESS, files=sent("A01"))).json()
    for role, phone in ((Role.REVIEWER, "138******21"), (Role.AUDITOR, None)):
        [file] = (await client(role).get(f"{ADDRESS}/{body['import']}")).json()["files"]
        assert [(form["filler"], form["phone"]) for form in file["forms"]] == [(None, phone)]
        assert file["name"] == "（文件名不显示）"


async def test_nothing_to_import_makes_no_import(client: Client, installation: Installation) -> None:
    answer = await client().post(ADDRESS, files=sent("A11", "A12"))
    assert (answer.status_code, answer.json()["import"]) == (200, None)
    [missing], [other] = (one["errors"] for one in answer.json()["files"])
    assert (missing["code"], missing["place"]) == ("missing_title", "第1个表格第1行第1格")
    assert other["code"] == "not_a_form"
    assert count(installation, FormImport) == 0


async def test_a_request_sent_again_is_done_once_and_answered_alike(
    client: Client, installation: Installation
) -> None:
    headers = {"Idempotency-Key": "k1"}
    first, second = [await client().post(ADDRESS, files=sent("A01", "A12"), headers=headers) for _ in range(2)]
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert count(installation, Proposal) == 1
    other = await client().post(ADDRESS, files=sent("A02"), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "key_used_otherwise")


async def test_undoing(client: Client, installation: Installation) -> None:
    number = (await client().post(ADDRESS, files=sent("A01"))).json()["import"]
    assert (await client(Role.INTAKE).delete(f"{ADDRESS}/{number}")).status_code == 204
    assert count(installation, Proposal) == 0
    again = await client().delete(f"{ADDRESS}/{number}")
    assert (again.status_code, again.json()["code"]) == (409, "already_undone")
    assert (await client().get(f"{ADDRESS}/{number}")).status_code == 404


@pytest.mark.parametrize("number", ["7", "x", "-1", "9" * 30, "١"])
async def test_an_import_there_is_not(client: Client, number: str) -> None:
    for method in ("GET", "DELETE"):
        assert (await client().request(method, f"{ADDRESS}/{number}")).status_code == 404


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CAMPAIGNER, Role.APPROVER, Role.AUDITOR, None])
async def test_only_intake_imports(client: Client, installation: Installation, role: Role | None) -> None:
    status = 403 if role else 401
    assert (await client(role).post(ADDRESS, files=sent("A01"))).status_code == status
    assert (await client(role).delete(f"{ADDRESS}/1")).status_code == status
    assert count(installation, Proposal) == 0


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"json": {}}, 422),
        ({"content": b"", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 422),
        ({"content": b"--y\r\nrubbish", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400),
        ({"content": b"a", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        ({"files": {"files": ("a.docx", b"")}, "data": {"more": "1"}}, 422),
        ({"files": {"files": ("a.docx", b"")}, "params": {"campaign": "1999"}}, 404),
        ({"files": {"files": ("a.docx", b"")}, "params": {"dry": "1"}}, 422),
    ],
)
async def test_what_is_sent_wrongly_is_told(client: Client, request_: dict[str, Any], status: int) -> None:
    answer = await client().post(ADDRESS, **request_)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_file_may_be_larger_than_other_requests_but_not_endless(client: Client) -> None:
    large = ("files", ("大.docx", b"x" * BODY_LIMIT * 2))
    assert (await client().post(ADDRESS, files=[large])).json()["files"][0]["errors"][0]["code"] == "damaged"
    endless = [("files", (f"{number}.docx", b"x" * (10 * 2**20))) for number in range(7)]
    answer = await client().post(ADDRESS, files=endless)
    assert (answer.status_code, answer.json()["code"]) == (413, "request_entity_too_large")
