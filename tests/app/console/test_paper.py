"""Votes on paper at the desk: two operators type the same, and neither sees what the other typed."""

from typing import Any

import pytest
from sqlalchemy import select

from app.installation import Installation
from models import Ballot
from models.enums import BallotWay, Role
from tests.app.ballots.rolls import imported, opened_by
from tests.app.console.conftest import OpenConsole
from tests.app.console.polling import ROUNDS, at_station, furnish

PAPER = f"{ROUNDS}/1/paper"
SHEET: dict[str, Any] = {"scan": "０００１", "card": "a001", "name": "张三", "approved": "1、3"}


@pytest.fixture
def opened(installation: Installation, open_console: OpenConsole) -> None:
    """A round by a register."""
    furnish(installation)
    at_station(installation, lambda station: opened_by(station, imported(station)))


def ways(installation: Installation) -> list[BallotWay]:
    with installation.database.reading() as session:
        return list(session.scalars(select(Ballot.way)))


@pytest.mark.usefixtures("opened")
async def test_two_operators_type_a_ballot(installation: Installation, open_console: OpenConsole) -> None:
    first, second = open_console(Role.INTAKE), open_console(Role.CAMPAIGNER)
    assert "等另一位同事录第二遍" in (await first.post(PAPER, **SHEET)).text
    own = await first.post(PAPER, **SHEET)
    assert (own.status_code, "另一位同事" in own.text) == (403, True)
    assert 'value="1、3"' in own.text
    before = (await second.open(PAPER)).text
    assert "0001" in before
    assert "张三" not in before
    assert "A001" not in before
    assert "计票了" in (await second.post(PAPER, **{**SHEET, "approved": "3 1"})).text
    assert ways(installation) == [BallotWay.PAPER]


@pytest.mark.usefixtures("opened")
async def test_who_closes_is_told_of_papers_that_would_not_count(open_console: OpenConsole) -> None:
    await open_console(Role.INTAKE).post(PAPER, **SHEET)
    approver = open_console(Role.APPROVER)
    assert "还有 1 张纸质选票没有录满两遍" in (await approver.open(f"{ROUNDS}/1/close")).text
    assert "1 张纸质选票</a>没有录满两遍" in (await approver.open(f"{ROUNDS}/1")).text
    await open_console(Role.CAMPAIGNER).post(PAPER, **SHEET)
    assert "没有录满两遍" not in (await approver.open(f"{ROUNDS}/1/close")).text


@pytest.mark.usefixtures("opened")
async def test_entries_that_differ_say_so_and_show_nothing(
    installation: Installation, open_console: OpenConsole
) -> None:
    first, second = open_console(Role.INTAKE), open_console(Role.CAMPAIGNER)
    await first.post(PAPER, **SHEET)
    told = (await second.post(PAPER, **{**SHEET, "approved": "2"})).text
    assert "两遍录的不一样，没有计票" in told
    assert 'class="approved"' not in told
    assert ways(installation) == []
    dropped = (await first.post(f"{PAPER}/1/drop", reason="纸上涂改，看不清")).text
    assert "作废了" in dropped
    assert "没有计票 <strong>1</strong> 张" in dropped


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"scan": ""}, "扫描号"),
        ({"card": ""}, "没有写卡号"),
        ({"name": "李四"}, "名册里没有这个卡号和姓名"),
        ({"approved": "1 2 3 4"}, "最多选 3 项"),
        ({"approved": "一"}, "不是号码"),
        ({"approved": "9"}, "没有 9 号项目"),
        ({"approved": ""}, "还没有选"),
    ],
)
@pytest.mark.usefixtures("opened")
async def test_what_is_refused_keeps_what_was_typed(
    open_console: OpenConsole, changed: dict[str, str], told: str
) -> None:
    sent = {**SHEET, **changed}
    refused = await open_console(Role.INTAKE).post(PAPER, **sent)
    assert refused.status_code == 422
    assert told in refused.text
    for name, value in sent.items():
        assert f'name="{name}" value="{value}"' in refused.text


async def test_without_a_register_it_says_why_not(installation: Installation, open_console: OpenConsole) -> None:
    furnish(installation)
    at_station(installation, lambda station: station.opened())
    desk = open_console(Role.INTAKE)
    page = (await desk.open(PAPER)).text
    assert "不按会员名册投票，收不了纸质选票" in page
    assert 'name="scan"' not in page
    assert (await desk.post(PAPER, **SHEET)).status_code == 409


@pytest.mark.usefixtures("opened")
async def test_who_only_reads_sees_numbers_and_no_form(open_console: OpenConsole) -> None:
    await open_console(Role.INTAKE).post(PAPER, **SHEET)
    page = (await open_console(Role.AUDITOR).open(PAPER)).text
    assert "等第二遍 <strong>1</strong> 张" in page
    assert 'name="scan"' not in page
    assert "drop" not in page
