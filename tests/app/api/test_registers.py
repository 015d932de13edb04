"""/registers: importing, adding, releasing, deleting; nothing of a person comes back."""

from typing import Any

from app.ballots.registers import by_id
from app.installation import Installation
from models.enums import Role
from tests.app.api.conftest import Client
from tests.app.api.polling import at_station, furnish
from tests.app.ballots.rolls import binds, opened_by
from tests.app.ballots.station import Station

ADDRESS = "/api/v1/registers"
ABOUT = {"campaign": "2018", "title": "会员名册"}
LIST = "会员卡号,姓名,单位\nA001,张三,区医院工会\nA002,李四,区医院工会\n"


def sent(text: str = LIST) -> dict[str, Any]:
    return {"file": ("名册.csv", text.encode("gb18030"), "text/csv")}


async def imported(client: Client) -> dict[str, Any]:
    answer = await client(Role.CAMPAIGNER).post(ADDRESS, params=ABOUT, files=sent())
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_import_is_shown_with_its_digest_and_without_a_name(client: Client) -> None:
    made = await imported(client)
    assert made.keys() == {"id", "campaign", "title", "digest", "imported_at", "entries", "added", "bound"}
    assert (made["entries"], made["added"], made["bound"], len(made["digest"])) == (2, 0, 0, 64)
    assert (await client(Role.AUDITOR).get(f"{ADDRESS}/{made['id']}")).json() == made
    assert (await client(Role.AUDITOR).get(ADDRESS, params={"campaign": "2018"})).json()["items"] == [made]


async def test_a_dry_run_tells_each_wrong_row_and_imports_nothing(client: Client) -> None:
    dry = {**ABOUT, "dry_run": "true"}
    answer = await client(Role.CAMPAIGNER).post(ADDRESS, params=dry, files=sent(f"{LIST}a001,王五,\n,赵六,\n"))
    assert answer.status_code == 200
    assert answer.json() == {
        "entries": 4,
        "problems": [{"row": 4, "message": "卡号和第 2 行的一样。"}, {"row": 5, "message": "没有写卡号。"}],
    }
    assert (await client().get(ADDRESS, params={"campaign": "2018"})).json()["items"] == []


async def test_what_is_no_register_is_refused_in_words(client: Client) -> None:
    campaigner = client(Role.CAMPAIGNER)
    wrong = await campaigner.post(ADDRESS, params=ABOUT, files=sent(f"{LIST}A002,王五,\n"))
    assert (wrong.status_code, "第 4 行" in wrong.json()["detail"]) == (422, True)
    for files in ({"file": ("x", b"", "text/csv")}, {**sent(), "other": ("x", b"1", "text/csv")}):
        assert (await campaigner.post(ADDRESS, params=ABOUT, files=files)).status_code == 422
    assert (await campaigner.post(ADDRESS, params=ABOUT, json={})).status_code == 422
    elsewhere = await campaigner.post(ADDRESS, params={**ABOUT, "campaign": "nowhere"}, files=sent())
    assert elsewhere.status_code == 404
    too_much = await campaigner.post(ADDRESS, params=ABOUT, files=sent("x" * 23_000_000))
    assert too_much.status_code == 413


async def test_a_request_sent_again_imports_once(client: Client) -> None:
    headers = {"Idempotency-Key": "k1"}
    answers = [
        await client(Role.CAMPAIGNER).post(ADDRESS, params=ABOUT, files=sent(), headers=headers) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len((await client().get(ADDRESS, params={"campaign": "2018"})).json()["items"]) == 1


async def test_adding_and_deleting(client: Client) -> None:
    campaigner, made = client(Role.CAMPAIGNER), await imported(client)
    member = {"card": "A003", "name": "王五", "unit": "区医院工会", "reason": "名册漏了"}
    added = await campaigner.post(f"{ADDRESS}/{made['id']}/entries", json=member)
    assert (added.status_code, added.json()) == (201, {**made, "added": 1})
    again = await campaigner.post(f"{ADDRESS}/{made['id']}/entries", json=member)
    assert (again.status_code, again.json()["code"]) == (409, "already_on_register")
    assert (await campaigner.delete(f"{ADDRESS}/{made['id']}")).status_code == 204
    assert (await campaigner.get(f"{ADDRESS}/{made['id']}")).status_code == 404


async def test_releasing_a_binding_of_a_round(client: Client, installation: Installation) -> None:
    furnish(installation)
    made, campaigner = await imported(client), client(Role.CAMPAIGNER)

    def bind(station: Station) -> None:
        round = opened_by(station, by_id(station.session, int(made["id"])))
        binds(station, round, "张三", "A001", "张三")

    at_station(installation, bind)
    path = f"{ADDRESS}/{made['id']}/releases"
    assert (await campaigner.get(f"{ADDRESS}/{made['id']}")).json()["bound"] == 1
    released = await campaigner.post(path, json={"card": "a 001", "name": "张三", "reason": "换了手机"})
    assert (released.status_code, released.json()["bound"]) == (200, 0)
    unknown = await campaigner.post(path, json={"card": "A001", "name": "李四", "reason": "换了手机"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no_match")
    assert (await campaigner.delete(f"{ADDRESS}/{made['id']}")).json()["code"] == "register_in_use"
