"""The ballot closes by the clock and is counted; one confirms, another publishes, anybody can count again."""

from collections import Counter
from typing import Any

import httpx

from tests.year.calendar import CONFIRMED, COUNT
from tests.year.office import APPROVER, AUDITOR, OWNER, PLANNER
from tests.year.sending import FORBIDDEN
from tests.year.show import CAMPAIGN, Show
from tests.year.stage import until

LATE = "投票已经截止"
TOO_EARLY = 403


async def play(show: Show) -> None:
    await show.stage.go_to(COUNT)
    path = f"/rounds/{show.tale.round}"

    async def is_closed() -> bool:
        return bool((await show.office.asks(AUDITOR, path))["state"] == "closed")

    await until(is_closed, "the ballot did not close")
    assert LATE in await show.phones.say(show.tale.followers[0], "投 1 2 3")
    results = await show.office.asks(OWNER, f"{path}/results")
    _compare(show, results)
    assert (await results_page(show)).status_code == TOO_EARLY, "nothing is public before"
    await show.stage.go_to(CONFIRMED)
    await show.office.is_refused(PLANNER, FORBIDDEN, f"{path}/confirm")
    await show.office.does(OWNER, f"{path}/confirm")
    await show.office.is_refused(OWNER, FORBIDDEN, f"{path}/publish")
    await show.office.does(APPROVER, f"{path}/publish")
    show.tale.head = results["head"]
    first = max(results["candidates"], key=lambda one: one["votes"])
    show.tell(f"有效选票 {results['total_ballots']} 张，第一名《{first['title']}》{first['votes']} 票")


async def results_page(show: Show) -> httpx.Response:
    """As everybody opens it, signed in or not."""
    client = httpx.AsyncClient(transport=show.stage.transport, base_url=show.stage.service_url, trust_env=False)
    return await client.get(f"/h5/results/{CAMPAIGN}")


def _compare(show: Show, results: dict[str, Any]) -> None:
    """Vote by vote what the voters themselves remember."""
    tale = show.tale
    counting = [chosen for id, chosen in tale.ballots.items() if id not in tale.struck_out]
    assert results["total_ballots"] == len(counting)
    assert results["invalid"] == {"machine": len(tale.struck_out)}
    wanted = Counter(number for chosen in counting for number in chosen)
    assert {one["number"]: one["votes"] for one in results["candidates"]} == dict(wanted)
    ranks = sorted(results["candidates"], key=lambda one: one["rank"])
    assert [one["votes"] for one in ranks] == sorted(wanted.values(), reverse=True)
    said = " ".join(opinion for one in results["candidates"] for opinion in one["opinions"])
    assert "13800001234" not in said, "personal data is masked"
