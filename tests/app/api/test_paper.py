"""/paper: entered by two operators, alike, while the round is open."""

from typing import Any

import pytest

from app.installation import Installation
from models.enums import Role
from tests.app.api.conftest import Client
from tests.app.api.polling import at_station, furnish
from tests.app.ballots.rolls import imported, opened_by

PAPER = "/api/v1/rounds/1/paper"
SHEET: dict[str, Any] = {"scan": "A-01", "card": "A001", "name": "张三", "choices": {"1": "for", "3": "for"}}


@pytest.fixture
def opened(client: Client, installation: Installation) -> None:
    furnish(installation)
    at_station(installation, lambda station: opened_by(station, imported(station)))


@pytest.mark.usefixtures("opened")
async def test_two_operators_enter_a_paper(client: Client) -> None:
    intake, campaigner = client(Role.INTAKE), client(Role.CAMPAIGNER)
    once = await intake.post(PAPER, json=SHEET)
    assert (once.status_code, once.json()) == (200, {"scan": "A-01", "state": "once"}), once.text
    assert (await intake.post(PAPER, json=SHEET)).status_code == 403
    assert (await campaigner.post(PAPER, json={**SHEET, "choices": {"2": "for"}})).json()["state"] == "differs"
    key = {"Idempotency-Key": "second"}
    for _ in range(2):
        assert (await campaigner.post(PAPER, json=SHEET, headers=key)).json()["state"] == "cast"
    [item] = (await client(Role.AUDITOR).get(PAPER)).json()["items"]
    assert (item["scan"], item["state"], item["first_by"], item["second_by"]) == (
        "A-01",
        "cast",
        "intake",
        "campaigner",
    )
    assert item.keys() == {"id", "scan", "state", "first_by", "first_at", "second_by", "second_at"}
    late = await campaigner.post(f"{PAPER}/{item['id']}/drop", json={"reason": "算了"})
    assert (late.status_code, late.json()["code"]) == (409, "paper_already_entered")


@pytest.mark.usefixtures("opened")
async def test_one_is_dropped(client: Client) -> None:
    intake = client(Role.INTAKE)
    await intake.post(PAPER, json=SHEET)
    dropped = await intake.post(f"{PAPER}/1/drop", json={"reason": "看不清"})
    assert (dropped.status_code, dropped.json()["state"]) == (200, "dropped")
    assert (await intake.post(f"{PAPER}/9/drop", json={"reason": "看不清"})).status_code == 404


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"scan": "号"}, "invalid"),
        ({"card": "A999"}, "no_match"),
        ({"choices": {}}, "bad_ballot"),
        ({"choices": {"99": "for"}}, "bad_ballot"),
        ({"choices": {"01": "for"}}, "bad_fields"),
        ({"choices": {"1": "maybe"}}, "bad_fields"),
    ],
)
@pytest.mark.usefixtures("opened")
async def test_what_is_refused(client: Client, changed: dict[str, Any], code: str) -> None:
    answer = await client(Role.INTAKE).post(PAPER, json={**SHEET, **changed})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_without_a_register_no_paper_is_taken(client: Client, installation: Installation) -> None:
    furnish(installation)
    at_station(installation, lambda station: station.opened())
    answer = await client(Role.INTAKE).post(PAPER, json=SHEET)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_register")
