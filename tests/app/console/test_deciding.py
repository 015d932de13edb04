"""Answering proposers from the console: offered by power, previewed, prepared, published together."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from app.installation import Installation
from app.triage.answers import SHOWN
from models import Decision
from models.enums import DecisionKind, ProposalStatus, Role
from tests.app.console.conftest import OpenConsole
from tests.app.console.sifting import look, prepare, proposal_of, then
from tests.app.triage.room import Room

NUMBER = "SS2018-0001"
DECIDE = f"/console/proposals/{NUMBER}/decide"
REJECTION: dict[str, Any] = {"kind": "reject", "ground": "routine", "reason": "欢迎就近去服务站"}


def status_of(installation: Installation, number: str = NUMBER) -> ProposalStatus:
    return look(installation, lambda room: proposal_of(room, number).status)


async def test_what_is_offered_goes_by_power(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: room.proposal())
    offered = {
        role: re.findall(r'name="kind" value="(\w+)"', (await open_console(role).open(DECIDE)).text)
        for role in (Role.INTAKE, Role.REVIEWER, Role.AUDITOR)
    }
    assert offered == {Role.INTAKE: ["return"], Role.REVIEWER: ["return", "reject", "shortlist"], Role.AUDITOR: []}


async def test_intake_cannot_reject_by_a_form_of_its_own(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, lambda room: room.proposal())
    refused = await open_console(Role.INTAKE).post(DECIDE, do="now", **REJECTION)
    assert refused.status_code == 403
    assert status_of(installation) is ProposalStatus.SUBMITTED


async def test_shortlisting_waits_for_the_cards(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: room.proposal())
    desk = open_console(Role.REVIEWER)
    assert "要有 2 位同事评审过才能入选，现在有 0 位" in (await desk.open(DECIDE)).text
    refused = await desk.post(DECIDE, kind="shortlist", reason="两位都认为可行", do="now")
    assert refused.status_code == 409
    assert "两位都认为可行" in refused.text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"kind": ""}, "请先选一种答复"),
        ({"ground": ""}, "不采纳要选一条原因"),
        ({"ground": "never"}, "没有“never”这个原因"),
        ({"reason": " "}, "请写明原因"),
        ({"reason": "长" * 401}, "最多 400 个字"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_lost(
    installation: Installation, open_console: OpenConsole, changed: Mapping[str, str], told: str
) -> None:
    prepare(installation, lambda room: room.proposal())
    typed = {**REJECTION, **changed}
    refused = await open_console(Role.REVIEWER).post(DECIDE, do="now", **typed)
    assert refused.status_code == 422
    assert told in refused.text
    assert f"required>\n{typed['reason']}</textarea>" in refused.text
    assert status_of(installation) is ProposalStatus.SUBMITTED


async def test_the_message_is_shown_before_it_goes_out(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, lambda room: room.proposal("小王", title="午休<b>角"))
    desk = open_console(Role.REVIEWER)
    shown = (await desk.post(DECIDE, do="preview", **REJECTION)).text
    bubble = re.search(r'class="bubble">(.*?)</p>', shown, re.DOTALL)
    assert bubble
    assert "您的提案 SS2018-0001《午休＜b&gt;角》" in bubble[1]
    assert "实事项目要和常规工作有所区别。欢迎就近去服务站" in bubble[1]
    assert f'<span class="tap">进度 {NUMBER}</span>' in bubble[1]
    assert status_of(installation) is ProposalStatus.SUBMITTED
    await desk.post(DECIDE, do="now", **REJECTION)
    (told,) = look(installation, lambda room: room.told("小王"))
    assert "实事项目要和常规工作有所区别。欢迎就近去服务站" in told


async def test_prepared_answers_are_published_together(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, lambda room: [room.proposal("小王"), room.proposal(), room.proposal("小李")])
    desk = open_console(Role.REVIEWER)
    for number in ("SS2018-0001", "SS2018-0002", "SS2018-0003"):
        prepared = await desk.post(f"/console/proposals/{number}/decide", do="hold", **REJECTION)
        assert prepared.url.path == "/console/decisions"
    assert look(installation, lambda room: room.told("小王")) == []
    published = await desk.post("/console/decisions/publish", number=["SS2018-0001", "SS2018-0002"])
    assert "公布了 2 份答复" in published.text
    assert [status_of(installation, f"SS2018-000{at}") for at in (1, 2, 3)] == [
        ProposalStatus.REJECTED,
        ProposalStatus.REJECTED,
        ProposalStatus.SUBMITTED,
    ]
    assert "正在发送" in published.text
    assert "没有微信可通知" in published.text
    assert 'value="SS2018-0003"' in published.text


async def test_what_has_moved_on_keeps_all_from_being_published(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(
        installation,
        lambda room: [room.decided(room.proposal(), DecisionKind.REJECT, "甲", hold=True) for _ in range(2)],
    )

    def withdraw(room: Room) -> None:
        proposal_of(room, "SS2018-0002").status = ProposalStatus.WITHDRAWN

    then(installation, withdraw)
    refused = await open_console(Role.REVIEWER).post(
        "/console/decisions/publish", number=["SS2018-0001", "SS2018-0002"]
    )
    assert refused.status_code == 409
    assert "SS2018-0002 已经由提案人撤回" in refused.text
    assert status_of(installation) is ProposalStatus.SUBMITTED


async def test_what_was_prepared_can_be_taken_back(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: room.decided(room.proposal("小王"), DecisionKind.REJECT, hold=True))
    desk = open_console(Role.REVIEWER)
    assert "大家讨论过了" in (await desk.open(DECIDE)).text
    answer = await desk.post(f"{DECIDE}/take-back")
    assert "没有人收到消息" in answer.text
    assert look(installation, lambda room: room.session.query(Decision).count()) == 0


async def test_publishing_nothing_asks_to_choose(open_console: OpenConsole) -> None:
    refused = await open_console(Role.REVIEWER).post("/console/decisions/publish")
    assert refused.status_code == 422
    assert "请先选要公布的答复" in refused.text


async def test_the_list_goes_on_where_a_page_ends(installation: Installation, open_console: OpenConsole) -> None:
    prepare(
        installation, lambda room: [room.decided(room.proposal(), DecisionKind.REJECT) for _ in range(SHOWN + 1)]
    )
    desk = open_console(Role.AUDITOR)
    first = (await desk.open("/console/decisions")).text
    assert "SS2018-0001" not in first
    onward = re.search(r'href="(/console/decisions\?before=\d+)"', first)
    assert onward
    assert "SS2018-0001" in (await desk.open(onward[1])).text
