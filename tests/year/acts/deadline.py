"""The last day: who has stopped is reminded, once; what was begun in time may still come in the grace after."""

from typing import Any

from tests.year.authors import Desk
from tests.year.calendar import GRACE, LAST_DAY
from tests.year.office import OWNER
from tests.year.sending import times
from tests.year.show import CAMPAIGN, Show, together
from tests.year.stage import until

WHEN_REMINDED, IN_GRACE = 5, 2
REMINDER = "您有一份提案还没写完"


async def play(show: Show) -> None:
    desk, stopped = await Desk.of(show), show.tale.stopped
    await show.stage.go_to(LAST_DAY)

    async def all_are_reminded() -> bool:
        return all(await together(times(show, one.person, REMINDER) for one in stopped))

    await until(all_are_reminded, "not all who stopped were reminded")
    await desk.day([], stopped[:WHEN_REMINDED])
    await show.stage.go_to(GRACE)
    await desk.day([], stopped[WHEN_REMINDED : WHEN_REMINDED + IN_GRACE])
    counts = await together(times(show, one, REMINDER) for one in show.cast.workers)
    reminded = {author.person.id for author in stopped}
    assert counts == [int(one.id in reminded) for one in show.cast.workers], "each once, nobody else"
    assert "截止" in await show.phones.click(show.cast.others[0], "PROPOSE")
    show.tell(f"{len(stopped)} 位没写完的各收到一次提醒，{WHEN_REMINDED} 位当天交上，{IN_GRACE} 位在宽限里交上")
    await _look_around(show)


async def _look_around(show: Show) -> None:
    """The office and the authors see what was written."""
    tale = show.tale
    counts = (await show.office.asks(OWNER, f"/campaigns/{CAMPAIGN}"))["counts"]
    wanted = {"wechat": len(tale.numbers), "of_forms": len(tale.of_forms)}
    by_channel: dict[str, int] = counts["by_channel"]
    of_forms = by_channel["organisation"] + by_channel["department"]
    assert {"wechat": by_channel["wechat"], "of_forms": of_forms} == wanted
    assert counts["by_status"]["withdrawn"] == len(tale.withdrawn)
    found: dict[str, Any] = {one["number"]: one for one in await show.office.all(OWNER, "/proposals")}
    assert {number: one["supporters"] for number, one in found.items() if one["supporters"]} == tale.supports
    for number, person in tale.authors.items():
        assert found[number]["proposer"]["openid"] == person.id
    for number, person in list(tale.authors.items())[:20]:
        assert number in await show.phones.click(person, "MY_PROPOSALS")
    show.tell(f"收件箱里一共 {counts['proposals']} 份，来路、作者、支持的人数都对得上")
