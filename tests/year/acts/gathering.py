"""Before it begins: units hang up their posters, and people follow the account."""

from tests.year.calendar import BEFORE
from tests.year.cast import UNITS, Person
from tests.year.office import PLANNER
from tests.year.show import Show, together

LEFT_OUT = 2  # the first on the list of phones are left for whoever looks at the demonstration


async def play(show: Show) -> None:
    await show.stage.go_to(BEFORE)
    scenes = await _posters(show)
    await show.phones.join(show.cast.everyone)
    newcomers = [one for one in show.cast.everyone if one not in show.tale.followers]
    greetings = await together(show.phones.follow(one, scenes[one.unit.name]) for one in newcomers)
    assert all("您好" in said for said in greetings)
    show.tale.followers = list(show.cast.everyone)
    await _leave(show, list(show.cast.others[-10:]))
    shown = (await (await show.office.desk(PLANNER)).open("/console/posters")).count("来了 0 人")
    assert shown == 0, "everybody came by a poster"
    show.tell(f"{len(UNITS)} 个单位贴出海报，{len(show.tale.followers)} 位职工关注了公众号")


async def _posters(show: Show) -> dict[str, str]:
    """The scene of each unit's code. One after another: the platform tells only which code is new."""
    desk = await show.office.desk(PLANNER)
    known, scenes = set(await show.phones.codes()), {}
    for unit in UNITS:
        await desk.open("/console/posters")
        assert "做好了 1 张" in await desk.send({"units": unit.name}, "/console/posters")
        (scenes[unit.name],) = set(await show.phones.codes()) - known
        known.add(scenes[unit.name])
    return scenes


async def _leave(show: Show, people: list[Person]) -> None:
    await together(show.phones.unfollow(one) for one in people)
    show.tale.followers = [one for one in show.tale.followers if one not in people]
