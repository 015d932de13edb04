"""The plenary session: ten projects with their indicators, the announcement, and news for everybody."""

from typing import Any

from tests.year.acts.composing import grown_from
from tests.year.acts.counting import results_page
from tests.year.calendar import EVE, PUBLICATION
from tests.year.office import APPROVER, AUDITOR, OWNER, PLANNER
from tests.year.sending import FORBIDDEN, broadcast, each_got_one
from tests.year.show import CAMPAIGN, Show, together
from tests.year.stage import until

PROJECTS = 10
ANNOUNCEMENT = f"/campaigns/{CAMPAIGN}/announcement"
LOOKING_IN = 60  # authors who have written the day before
NEWS = "定下来了，一共"
RESULT = "实事项目公布了"


async def play(show: Show) -> None:
    await show.stage.go_to(EVE)
    authors = await _look_in(show)
    await _choose(show)
    await _write(show)
    await show.stage.go_to(PUBLICATION)
    await _release(show)
    await _hear(show, authors)
    url = f"{show.stage.service_url}/h5/results/{CAMPAIGN}"
    text = f"2018年度杨浦工会服务职工{RESULT}！谢谢每一位出主意、投票的职工。\n{url}"
    sent = await broadcast(show, "结果公布", "result", "mass", {"all": True}, {"text": text})
    assert sent["sent"] == len(show.tale.followers)
    await each_got_one(show, show.tale.followers, f"服务职工{RESULT}")
    await _read(show, url)
    show.tell(f"{PROJECTS} 项实事项目公布，发给 {sent['sent']} 位关注者；每一项都看得到由哪些建议而来")


async def _look_in(show: Show) -> list[str]:
    """Some of the authors ask once more how it stands; they can be written to for two days. Their numbers."""
    last = sorted(set(show.tale.authors) - show.tale.withdrawn)
    numbers = [*_chosen(show, last)[: LOOKING_IN // 2], *last][:LOOKING_IN]
    numbers = list(dict.fromkeys(numbers))
    await together(show.phones.say(show.tale.authors[number], f"进度 {number}") for number in numbers)
    return numbers


def _chosen(show: Show, numbers: list[str]) -> list[str]:
    on_ballot = {number for one in show.tale.candidates for number in grown_from(show.tale.families, one)}
    return [number for number in numbers if number in on_ballot]


async def _choose(show: Show) -> None:
    results = await show.office.asks(AUDITOR, f"/rounds/{show.tale.round}/results")
    best = sorted(results["candidates"], key=lambda one: one["rank"])[:PROJECTS]
    for place, one in enumerate(best, start=1):
        indicators = [
            {"title": "服务职工", "target": f"{place * 500} 人次"},
            {"title": "当年投入", "target": f"{place + 4} 万元"},
        ]
        await show.office.does(PLANNER, "/projects", campaign=CAMPAIGN, candidate=one["id"], indicators=indicators)
    projects = (await show.office.asks(OWNER, "/projects", campaign=CAMPAIGN))["items"]
    assert [one["rank"] for one in projects] == list(range(1, PROJECTS + 1))
    by_id = {one["id"]: one for one in show.tale.candidates}
    for one in projects:
        assert sorted(one["proposals"]) == grown_from(show.tale.families, by_id[one["candidate"]])
        assert len(one["indicators"]) == 2
    show.tale.projects = projects


async def _write(show: Show) -> None:
    """As it is drafted. Nobody reads it before it is released."""
    draft = await show.office.asks(PLANNER, ANNOUNCEMENT)
    await show.office.does(PLANNER, ANNOUNCEMENT, "PUT", title=draft["title"], text=draft["text"])
    await show.office.does(PLANNER, f"{ANNOUNCEMENT}/submit")
    await show.office.is_refused(PLANNER, FORBIDDEN, f"{ANNOUNCEMENT}/release")
    assert f"{PROJECTS} 项实事项目" not in (await results_page(show)).text


async def _release(show: Show) -> None:
    phase = {"phase": "published", "reason": "区工会六届三次全会通过"}
    await show.office.does(APPROVER, f"/campaigns/{CAMPAIGN}/phase", **phase)
    released = await show.office.does(APPROVER, f"{ANNOUNCEMENT}/release")
    assert released["state"] == "released"


async def _hear(show: Show, numbers: list[str]) -> None:
    """Whoever is still in the running and has written lately hears what became of it, once."""
    authors = {show.tale.authors[number].id: show.tale.authors[number] for number in _chosen(show, numbers)}

    async def count(person: Any) -> int:
        return sum(NEWS in entry["text"] for entry in await show.phones.unasked(person))

    async def all_have_heard() -> bool:
        return all(await together(count(person) for person in authors.values()))

    await until(all_have_heard, "not all authors heard the news")
    everybody = {person.id: person for person in show.tale.authors.values()}
    assert max(await together(count(person) for person in everybody.values())) == 1, "nobody hears it twice"


async def _read(show: Show, url: str) -> None:
    """Everybody may read it, and every author finds their own in it."""
    page = (await results_page(show)).text
    assert f"{PROJECTS} 项实事项目" in page
    for one in show.tale.projects:
        assert one["title"] in page
        assert all(number in page for number in one["proposals"])
    assert "13800001234" not in page
    first = show.tale.projects[0]
    number = next((each for each in first["proposals"] if each in show.tale.authors), None)
    if number:
        assert "第 1 项" in await show.phones.say(show.tale.authors[number], f"进度 {number}")
    assert url in await show.phones.click(show.cast.others[0], "RESULTS")
    voter = next(one for one in show.cast.others if one.id in show.tale.ballots)
    over = await show.phones.opened(voter, f"{show.stage.service_url}/h5/vote/{show.tale.round}")
    assert "钥匙就销毁了" in over.here.text
