"""What stands out, and invalidations, over the API."""

from app.ballots import queries
from app.ballots.queries import Standing
from app.installation import Installation
from models.enums import Role
from tests.app.api.conftest import Client
from tests.app.api.polling import at_station, cast, furnish
from tests.app.api.test_rounds import ROUNDS, good, opened, refused
from tests.app.ballots.station import Station

NOTE = "和车间核对过"


def receipt_of(installation: Installation, id: str, name: str) -> str:
    def read(station: Station) -> str:
        round = queries.row(station.session, int(id))
        mine = queries.standing(station.session, station.view(round), station.person(name, round))
        assert isinstance(mine, Standing)
        return mine.receipt

    return at_station(installation, read)


async def test_what_changed_again_and_again_is_made_invalid_by_two(
    client: Client, installation: Installation, tokens: dict[Role, str]
) -> None:
    candidates = furnish(installation)
    id = await opened(client, candidates)
    for each in range(10):
        cast(installation, id, "张三", 1 + each % 2)
    cast(installation, id, "李四", 3)
    round, composer, approver = f"{ROUNDS}/{id}", client(Role.CAMPAIGNER), client(Role.APPROVER)
    (mark,) = (await good(await client(Role.AUDITOR).get(f"{round}/marks")))["items"]
    assert (mark["mark"], mark["ballots"], mark["review"]) == ("changes", 1, None)
    sent = {"mark": "changes", "note": NOTE}
    (mark,) = (await good(await composer.post(f"{round}/marks/reviews", json=sent), 201))["items"]
    assert (mark["review"]["note"], mark["review"]["ballots"]) == (NOTE, 1)
    made = await good(await composer.post(f"{round}/invalidations", json={**sent, "reason": "machine"}), 201)
    assert (made["id"], made["state"], made["mark"], made["ballots"]) == ("1", "proposed", "changes", 1)
    refused(await composer.post(f"{round}/invalidations/1/agree"), 403, "forbidden")
    agreed = await good(await approver.post(f"{round}/invalidations/1/agree"))
    assert (agreed["state"], agreed["counting"], agreed["decided_by"]) == ("agreed", 1, "approver")
    refused(await approver.post(f"{round}/invalidations/1/drop"), 409, "conflict", "已经有同事定下来")
    refused(await approver.post(f"{round}/invalidations/7/agree"), 404, "no_invalidation")
    assert [each["id"] for each in (await good(await composer.get(f"{round}/invalidations")))["items"]] == ["1"]
    await good(await approver.post(f"{round}/close"))
    results = await good(await composer.get(f"{round}/results"))
    assert (results["total_ballots"], results["invalid"]) == (1, {"machine": 1})


async def test_a_receipt_is_named_once_with_its_key(
    client: Client, installation: Installation, tokens: dict[Role, str]
) -> None:
    id = await opened(client, furnish(installation))
    cast(installation, id, "张三", 1)
    receipt = receipt_of(installation, id, "张三")
    sent = {"receipts": [receipt], "reason": "other", "note": NOTE}
    key, path = {"Idempotency-Key": "once"}, f"{ROUNDS}/{id}/invalidations"
    composer = client(Role.CAMPAIGNER)
    first = await good(await composer.post(path, json=sent, headers=key), 201)
    assert first == await good(await composer.post(path, json=sent, headers=key), 201)
    assert first["receipt"] == receipt
    refused(await composer.post(path, json=sent), 409, "conflict", "已经有人提出")
    refused(await composer.post(path, json={**sent, "mark": "quick"}), 422, "invalid", "只写一样")
    refused(await composer.post(path, json={**sent, "mark": "quick", "receipts": None}), 404, "no_mark")
    refused(await composer.post(path, json={**sent, "reason": "because"}), 422, "bad_fields")
    await good(await client(Role.APPROVER).post(f"{ROUNDS}/{id}/close"))
    owner = client(Role.OWNER)
    refused(await owner.post(f"{ROUNDS}/{id}/confirm"), 409, "invalidations_undecided")
    await good(await owner.post(f"{path}/1/drop"))
    await good(await owner.post(f"{ROUNDS}/{id}/confirm"))
