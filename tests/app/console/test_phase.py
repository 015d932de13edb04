"""Setting the phase in the console: with a reason, and never freezing candidates unawares."""

import pytest

from app.installation import Installation
from models import Candidate
from models.enums import PhaseKind, Role
from tests.app.ballots.station import add_candidate
from tests.app.console.conftest import OpenConsole
from tests.app.console.polling import at_station, furnish
from tests.app.console.sifting import look, then

PHASE = "/console/phase"


def phase_of(installation: Installation) -> PhaseKind:
    return look(installation, lambda room: room.campaign.phase)


def numbers(installation: Installation) -> list[int | None]:
    return look(installation, lambda room: [one.number for one in room.session.query(Candidate)])


async def test_what_each_phase_allows_is_told_to_all(open_console: OpenConsole) -> None:
    page = (await open_console(Role.REVIEWER).open(PHASE)).text
    assert "现在是“<strong>汇总梳理</strong>”阶段，是人工设定的，原因：开会定的" in page
    assert "打开投票，职工投票" in page
    assert "换阶段由负责审批的同事来做" in page
    assert "<textarea" not in page


async def test_it_is_turned_with_a_reason_and_back(installation: Installation, open_console: OpenConsole) -> None:
    desk = open_console(Role.APPROVER)
    assert "现在是“征集推荐”阶段" in (await desk.post(PHASE, phase="collecting", reason="再收一周")).text
    assert phase_of(installation) is PhaseKind.COLLECTING
    assert "原因：再收一周" in (await desk.open(PHASE)).text
    await desk.post(PHASE, phase="auto", reason="按日历")
    assert "按日历走" in (await desk.open(PHASE)).text


@pytest.mark.parametrize(
    ("phase", "reason", "told"), [("screening", " ", "请写明原因"), ("later", "x", "没有“later”这个阶段")]
)
async def test_what_is_refused_changes_nothing(
    installation: Installation, open_console: OpenConsole, phase: str, reason: str, told: str
) -> None:
    refused = await open_console(Role.APPROVER).post(PHASE, phase=phase, reason=reason)
    assert (refused.status_code, told in refused.text) == (422, True)
    assert phase_of(installation) is PhaseKind.SCREENING


async def test_candidates_are_not_frozen_unawares(installation: Installation, open_console: OpenConsole) -> None:
    desk = open_console(Role.APPROVER)
    then(installation, lambda room: [add_candidate(room, title) for title in ("书屋", "夜校")])
    assert "2 个候选项目会按现在的顺序编号定稿" in (await desk.open(PHASE)).text
    refused = await desk.post(PHASE, phase="opinion", reason="开会定了")
    assert (refused.status_code, "开会定了</textarea>" in refused.text) == (422, True)
    assert numbers(installation) == [None, None]
    await desk.post(PHASE, phase="opinion", reason="开会定了", sure="yes")
    assert phase_of(installation) is PhaseKind.OPINION
    assert numbers(installation) == [1, 2]


async def test_leaving_while_people_vote_is_warned_of(
    installation: Installation, open_console: OpenConsole
) -> None:
    desk = open_console(Role.OWNER)
    furnish(installation)
    assert "轮投票正在进行" not in (await desk.open(PHASE)).text
    at_station(installation, lambda station: station.opened())
    assert "现在有 1 轮投票正在进行" in (await desk.open(PHASE)).text
