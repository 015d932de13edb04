"""/unit-opinions and /unit-links: what units think, beside the votes."""

from typing import Any

import pytest

from app.installation import Installation
from models.enums import Role
from tests.app.api.conftest import Client
from tests.app.api.polling import at_station, furnish

ROUND = "/api/v1/rounds/1"
UNIT = "区医院工会"
SAID: dict[str, Any] = {
    "opinions": [{"candidate": 2, "stance": "for", "text": "多些热水"}, {"candidate": 1, "text": "好"}]
}


@pytest.fixture
def opened(client: Client, installation: Installation) -> None:
    furnish(installation)
    at_station(installation, lambda station: station.opened())


@pytest.mark.usefixtures("opened")
async def test_an_opinion_is_entered_and_read(client: Client) -> None:
    made = await client(Role.CAMPAIGNER).put(f"{ROUND}/unit-opinions/{UNIT}", json=SAID)
    assert made.status_code == 200, made.text
    body = made.json()
    assert (body["unit"], body["entered_by"]) == (UNIT, "campaigner")
    assert body["opinions"] == [
        {"candidate": 1, "stance": None, "text": "好"},
        {"candidate": 2, "stance": "for", "text": "多些热水"},
    ]
    read = (await client(Role.AUDITOR).get(f"{ROUND}/unit-opinions")).json()
    assert read == {"items": [body], "next_cursor": None}


@pytest.mark.parametrize(
    "sent",
    [
        {"opinions": []},
        {"opinions": [{"candidate": 99, "stance": "for"}]},
        {"opinions": [{"candidate": 1}]},
        {"opinions": [{"candidate": 1, "text": "好"}, {"candidate": 1, "text": "不好"}]},
        {"opinions": [{"candidate": 1, "stance": "maybe"}]},
        {"opinions": [{"candidate": 1, "text": "长" * 501}]},
    ],
)
@pytest.mark.usefixtures("opened")
async def test_what_is_no_opinion_is_refused(client: Client, sent: dict[str, Any]) -> None:
    answer = await client(Role.CAMPAIGNER).put(f"{ROUND}/unit-opinions/{UNIT}", json=sent)
    assert answer.status_code == 422
    for unit in ("%00", "%0A", "%20", "长" * 101):
        assert (await client(Role.CAMPAIGNER).put(f"{ROUND}/unit-opinions/{unit}", json=SAID)).status_code == 422
    assert (await client().get(f"{ROUND}/unit-opinions")).json()["items"] == []


@pytest.mark.usefixtures("opened")
async def test_links_are_given_once_and_withdrawn(client: Client, installation: Installation) -> None:
    campaigner = client(Role.CAMPAIGNER)
    made = await campaigner.post(f"{ROUND}/unit-links", json={"units": [UNIT]})
    assert made.status_code == 201
    [item] = made.json()["items"]
    assert item["link"].startswith(f"{installation.settings.public_url}/h5/unit/1/")
    assert (await campaigner.post(f"{ROUND}/unit-links", json={"units": [UNIT]})).status_code == 409
    both = (await campaigner.post(f"{ROUND}/unit-links", json={"units": [UNIT, "殷行街道总工会"]})).json()
    assert (both["already"], [one["unit"] for one in both["items"]]) == ([UNIT], ["殷行街道总工会"])
    kept = await client().get(f"{ROUND}/unit-links")
    assert item["link"].rsplit("/", 1)[1] not in kept.text
    id = next(one["id"] for one in kept.json()["items"] if one["unit"] == UNIT)
    assert (await campaigner.delete(f"{ROUND}/unit-links/{id}")).status_code == 204
    assert (await campaigner.delete(f"{ROUND}/unit-links/{id}")).status_code == 404


@pytest.mark.usefixtures("opened")
async def test_a_round_nobody_knows(client: Client) -> None:
    for path in ("unit-opinions", "unit-links", "paper"):
        assert (await client().get(f"/api/v1/rounds/9/{path}")).status_code == 404
