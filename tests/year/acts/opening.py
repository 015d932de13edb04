"""The candidates stand; the ballot opens, units are asked, and everybody gets the link."""

from typing import Any

from tests.year.browser import Browser
from tests.year.calendar import BALLOT_CLOSES, OPINION
from tests.year.cast import UNITS
from tests.year.office import APPROVER, OWNER, PLANNER
from tests.year.sending import FORBIDDEN, broadcast, each_got_one
from tests.year.show import CAMPAIGN, Show, together
from tests.year.stage import until

LEAST, MOST = 3, 10
ASKED, ANSWERING = 8, 6  # units
INVITATION = "候选实事项目请您来选"
TEMPLATE = "实事项目办理进度通知"
WRONG_STATE = 409


async def play(show: Show) -> None:
    await show.stage.go_to(OPINION)
    await _freeze(show)
    await _open(show)
    await _ask_units(show)
    url = f"{show.stage.service_url}/h5/vote/{show.tale.round}"
    content = await letter(show, INVITATION, url)
    sent = await broadcast(show, "投票链接", "vote", "template", {"all": True}, content)
    assert sent["sent"] == len(show.tale.followers)
    await each_got_one(show, show.tale.followers, INVITATION)
    show.tell(f"投票开始，链接发给 {sent['sent']} 位关注者，每人一条")


async def letter(show: Show, words: str, url: str) -> dict[str, Any]:
    data = {"thing1": words, "phrase2": "正在投票", "time3": f"{BALLOT_CLOSES:%Y-%m-%d %H:%M}"}
    return {"template_id": await show.phones.template(TEMPLATE), "data": data, "url": url}


async def _freeze(show: Show) -> None:
    """With the phase the candidates get their numbers, and nobody changes them any more."""

    async def all_are_frozen() -> bool:
        found = (await show.office.asks(PLANNER, "/candidates", campaign=CAMPAIGN))["items"]
        show.tale.candidates = found
        return all(one["frozen"] for one in found)

    await until(all_are_frozen, "the candidates are not frozen")
    assert [one["number"] for one in show.tale.candidates] == list(range(1, len(show.tale.candidates) + 1))
    path = f"/candidates/{show.tale.candidates[0]['id']}"
    await show.office.is_refused(PLANNER, WRONG_STATE, path, "PATCH", title="换个名字")


async def _open(show: Show) -> None:
    made = await show.office.does(
        PLANNER,
        "/rounds",
        campaign=CAMPAIGN,
        title="2018年度实事项目征求意见",
        candidates=[one["id"] for one in show.tale.candidates],
        min_choices=LEAST,
        max_choices=MOST,
        closes_at=BALLOT_CLOSES.isoformat(),
    )
    show.tale.round = made["id"]
    await show.office.is_refused(PLANNER, FORBIDDEN, f"/rounds/{made['id']}/open")
    opened = await show.office.does(APPROVER, f"/rounds/{made['id']}/open")
    assert (opened["state"], opened["ballots"]) == ("open", 0)


async def _ask_units(show: Show) -> None:
    """Most answer by their link; one sends a sheet of paper. These are never votes."""
    path = f"/rounds/{show.tale.round}"
    units = [unit.name for unit in UNITS[:ASKED]]
    made = (await show.office.does(PLANNER, f"{path}/unit-links", units=units))["items"]
    await together(_answer(show, one["link"], place) for place, one in enumerate(made[: ANSWERING - 1]))
    said = [{"candidate": 2, "stance": "against", "text": "和日常工作有重复。"}]
    await show.office.does(PLANNER, f"{path}/unit-opinions/{units[ANSWERING - 1]}", "PUT", opinions=said)
    given = (await show.office.asks(OWNER, f"{path}/unit-opinions"))["items"]
    assert sorted(one["unit"] for one in given) == sorted(units[:ANSWERING])
    show.tell(f"{ASKED} 个单位收到填写集体意见的链接，{ANSWERING} 个已经交来")


async def _answer(show: Show, link: str, place: int) -> None:
    browser = Browser(show.stage.transport, show.stage.service_url)
    await browser.open(link)
    words = {f"c{place + 1}": "for", f"o{place + 1}": "职工呼声高，建议尽早办。", f"c{place + 4}": "none"}
    assert "保存好了" in await browser.send(words)
