"""The reviewers' pages: what is offered, what is hidden, and that nothing typed is lost."""

import re
from typing import Any

from app.installation import Installation
from models import Assessment, SecondLook
from models.enums import ProposalStatus, Role
from tests.app.console.conftest import Desk, OpenConsole
from tests.app.console.sifting import look, prepare, proposal_of, then

NUMBER = "SS2018-0001"
CARD = f"/console/assess/{NUMBER}"


def filled(installation: Installation, score: int = 4) -> dict[str, Any]:
    keys = look(installation, lambda room: [one.key for one in room.campaign.definition.criteria])
    scores = {f"score_{key}": str(score) for key in keys}
    return scores | {f"reason_{key}": f"因为{key}" for key in keys} | {"conclusion": "recommend"}


def sign_in_as(installation: Installation, open_console: OpenConsole, name: str) -> Desk:
    return open_console(look(installation, lambda room: room.account(name)))


async def test_the_queue_leads_from_one_card_to_the_next(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, lambda room: [room.proposal(), room.proposal()])
    then(installation, lambda room: room.assessed(proposal_of(room, "SS2018-0002"), "甲"))
    desk = open_console(Role.REVIEWER)
    queue = (await desk.open("/console/assess")).text
    assert re.findall(r'href="/console/assess/(SS2018-\d+)" aria', queue) == ["SS2018-0002", NUMBER]
    following = await desk.post("/console/assess/SS2018-0002", then="next", **filled(installation))
    assert following.url.path == CARD
    assert "SS2018-0002 的评审表交好了，这是下一份" in following.text
    last = await desk.post(CARD, then="next", **filled(installation))
    assert last.url.path == "/console/assess"
    assert "等您评的都评完了" in last.text


async def test_a_card_that_is_refused_loses_nothing(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: room.proposal())
    typed = filled(installation)
    typed["reason_measurable"], typed["score_online"] = " ", "9"
    del typed["conclusion"]
    answer = await open_console(Role.REVIEWER).post(CARD, **typed)
    assert answer.status_code == 422
    assert "还有 3 处没有填好" in answer.text
    assert re.search(r'id="problem-measurable">请写一句理由', answer.text)
    assert re.search(r'id="problem-online">还没有打分', answer.text)
    assert "请选一个结论" in answer.text
    assert "因为lasting" in answer.text
    assert re.search(r'name="score_lasting" value="4" checked', answer.text)
    assert look(installation, lambda room: room.session.query(Assessment).count()) == 0


async def test_cards_are_blind_until_both_are_in(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: room.assessed(room.proposal(), "甲", score=1))
    second = sign_in_as(installation, open_console, "乙")
    assert "说得通" not in (await second.open(CARD)).text
    shown = (await second.post(CARD, **filled(installation, 5))).text
    assert "2 份评审表" in shown
    assert "说得通" in shown
    assert "因为online" in shown
    assert shown.count("看法不一") == 10
    first = (await sign_in_as(installation, open_console, "甲").open(CARD)).text
    assert "因为online" in first


async def test_ones_own_card_stands_there_to_be_changed(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, lambda room: room.assessed(room.proposal(), "甲", score=2))
    desk = sign_in_as(installation, open_console, "甲")
    assert re.search(r'name="score_online" value="2" checked', (await desk.open(CARD)).text)
    await desk.post(CARD, **filled(installation, 5))
    assert look(installation, lambda room: {one.scores["online"] for one in room.session.query(Assessment)}) == {5}


async def test_a_card_that_came_too_late_is_shown_still(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, lambda room: room.assessed(room.proposal(), "甲"))
    desk = sign_in_as(installation, open_console, "甲")
    then(installation, lambda room: room.assessed(proposal_of(room, NUMBER), "乙"))
    answer = await desk.post(CARD, **filled(installation, 5))
    assert answer.status_code == 409
    assert "不能再改" in answer.text


async def test_ones_own_unit_is_told_why(installation: Installation, open_console: OpenConsole) -> None:
    prepare(
        installation, lambda room: [room.proposal(unit="四平路街道总工会"), room.proposal(unit="五角场街道总工会")]
    )
    own = then(installation, lambda room: room.operator("丁", Role.REVIEWER, unit="四平路街道总工会"))
    desk = open_console(own)
    queue = (await desk.open("/console/assess")).text
    assert NUMBER not in queue
    assert "SS2018-0002" in queue
    page = await desk.open(CARD)
    assert "自己单位的提案" in page.text
    assert 'id="card"' not in page.text
    assert (await desk.post(CARD, **filled(installation))).status_code == 403


async def test_a_second_look_goes_to_somebody_else(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: room.assessed(room.proposal(), "甲", "乙"))
    first = sign_in_as(installation, open_console, "甲")
    asked = await first.post(f"{CARD}/second-look", reason="经费有了新的来源")
    assert "提请再看一次：" in asked.text
    assert "要请另一位同事来看" in asked.text
    fresh = open_console(Role.REVIEWER)
    assert "请再看一次：经费有了新的来源" in (await fresh.open("/console/assess")).text
    page = (await fresh.open(CARD)).text
    assert 'id="card"' in page
    assert "说得通" not in page
    assert "3 份评审表" in (await fresh.post(CARD, **filled(installation))).text
    assert look(installation, lambda room: room.session.query(SecondLook).count()) == 1


async def test_a_second_look_without_a_reason_is_asked_for_one(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, lambda room: room.assessed(room.proposal(), "甲", "乙"))
    answer = await sign_in_as(installation, open_console, "甲").post(f"{CARD}/second-look", reason=" ")
    assert answer.status_code == 422
    assert "请写明原因" in answer.text


async def test_what_is_withdrawn_is_not_assessed(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: room.proposal(status=ProposalStatus.WITHDRAWN))
    desk = open_console(Role.REVIEWER)
    assert "不用再打分" in (await desk.open(CARD)).text
    assert (await desk.post(CARD, **filled(installation))).status_code == 409


async def test_an_address_without_a_proposal(open_console: OpenConsole) -> None:
    desk = open_console(Role.REVIEWER)
    for number in ("SS2018-9999", "x"):
        assert (await desk.open(f"/console/assess/{number}")).status_code == 404
