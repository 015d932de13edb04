"""A proposal's page: what it tells to whom, the way on in the list, sorting without overwriting a colleague."""

from typing import Any

import pytest
from sqlalchemy import select

from app.installation import Installation
from app.proposals.service import PHONE_SEALED_FOR
from models import Proposal
from models.enums import IntakeChannel, Role
from tests.app.console.conftest import OpenConsole
from tests.app.console.sifting import prepare
from tests.app.proposals.proposing import add
from tests.app.triage.room import Room

PATH = "/console/proposals"


async def test_it_tells_all_there_is(open_console: OpenConsole, installation: Installation) -> None:
    supplement = {"asked": "有几间宿舍？", "said": "一共 40 间。", "at": "2017-11-30T10:00:00+08:00"}
    number = add(
        installation.database,
        "宿舍加装空调",
        evaluations=[{"project": 1, "rating": 4, "remark": "办得不错"}],
        supplements=[supplement],
        unit="焊装车间",
        trade="care",
    )
    text = (await open_console(Role.AUDITOR).open(f"{PATH}/{number}")).text
    for said in (
        "宿舍加装空调",
        "夏天很热。",
        "大家凉快。",
        "办得不错",
        "有几间宿舍？",
        "一共 40 间。",
        "焊装车间",
        "医养照护",
        "收到提案",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("role", "channel", "name", "phone"),
    [
        (Role.OWNER, IntakeChannel.WECHAT, True, "13800012345"),
        (Role.INTAKE, IntakeChannel.WECHAT, True, "138******45"),
        (Role.INTAKE, IntakeChannel.ORGANISATION, True, "13800012345"),
        (Role.REVIEWER, IntakeChannel.WECHAT, False, "138******45"),
        (Role.AUDITOR, IntakeChannel.WECHAT, False, None),
    ],
)
async def test_persons_are_shown_as_far_as_the_role_sees(
    open_console: OpenConsole,
    installation: Installation,
    role: Role,
    channel: IntakeChannel,
    name: bool,
    phone: str | None,
) -> None:
    sealed = installation.keyring.seal("13800012345", PHONE_SEALED_FOR)
    number = add(installation.database, proposer_name="张建国", phone=sealed, channel=channel, consented=True)
    text = (await open_console(role).open(f"{PATH}/{number}")).text
    assert ("张建国" in text) == name
    assert ("13800012345" in text) == (phone == "13800012345")
    assert ("138******45" in text) == (phone == "138******45")


async def test_the_way_on_keeps_the_filter(open_console: OpenConsole, installation: Installation) -> None:
    first, _other, third = (add(installation.database, title) for title in ("空调甲", "食堂", "空调乙"))
    text = (await open_console().open(f"{PATH}/{third}", q="空调")).text
    assert f'rel="next" href="{PATH}/{first}?q=%E7%A9%BA%E8%B0%83"' in text
    assert 'rel="prev"' not in text


async def test_a_colleagues_change_is_not_written_over(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk, number = open_console(Role.INTAKE), add(installation.database)
    seen: dict[str, Any] = {"category_seen": "", "assignee_seen": "", "back": ""}
    saved = await desk.post(f"{PATH}/{number}/sort", category="health", assignee="none", **seen)
    assert "存好了" in saved.text
    late = await desk.post(f"{PATH}/{number}/sort", category="education", assignee="reviewer", **seen)
    assert late.status_code == 409
    assert "刚刚有同事改过" in late.text
    assert '<option value="reviewer" selected>' in late.text
    with installation.database.reading() as session:
        now = session.scalars(select(Proposal)).one()
        assert (now.category, now.assignee) == ("health", None)
    assert "类别" in late.text


async def test_a_card_is_not_told_of_in_the_story(open_console: OpenConsole, installation: Installation) -> None:
    number = prepare(installation, assessed)
    text = (await open_console(Role.REVIEWER).open(f"{PATH}/{number}")).text
    assert "评审 1/2" in text
    assert "verdict" not in text
    assert "recommend" not in text


async def test_an_unknown_one_is_not_found(open_console: OpenConsole) -> None:
    for number in ("SS2018-9999", "x", "SS2018-0001'"):
        assert (await open_console().open(f"{PATH}/{number}")).status_code == 404


def assessed(room: Room) -> str:
    """The number of a proposal with one card of two."""
    proposal = room.proposal()
    room.assessed(proposal, "甲")
    return proposal.number
