"""The board: what it shows and finds, what is done with many at once, the views an operator keeps."""

import re

import httpx
import pytest
from sqlalchemy import select

from app.console import board_query
from app.installation import Installation
from models import Decision, Operator, Proposal, SavedView
from models.enums import Role
from tests.app.console.conftest import OpenConsole
from tests.app.proposals.proposing import add, at

BOARD = "/console/board"


def listed(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200
    return re.findall(r'<tr data-number="(\S+)"', answer.text)


def one(installation: Installation, number: str) -> Proposal:
    with installation.database.reading() as session:
        return session.scalars(select(Proposal).where(Proposal.number == number)).one()


async def test_it_shows_what_is_asked_for(open_console: OpenConsole, installation: Installation) -> None:
    database, desk = installation.database, open_console(Role.AUDITOR)
    hot = add(database, "宿舍加装空调", unit="焊装车间")
    meal = add(database, "食堂菜价", category="health", assignee="auditor", submitted_at=at(3))
    assert listed(await desk.open(BOARD)) == [meal, hot]
    assert listed(await desk.open(BOARD, q="空调")) == listed(await desk.open(BOARD, q="jzkt")) == [hot]
    assert listed(await desk.open(BOARD, q=str(int(meal[-4:])))) == [meal]
    assert listed(await desk.open(BOARD, category="none")) == listed(await desk.open(BOARD, unit="焊装")) == [hot]
    assert listed(await desk.open(BOARD, assignee="me")) == [meal]
    assert listed(await desk.open(BOARD, since="2017-12-02", until="2017-12-03")) == [meal]
    assert listed(await desk.open(BOARD, sort="oldest")) == [hot, meal]
    assert listed(await desk.open(BOARD, prepared="yes")) == []


@pytest.mark.parametrize(
    "query",
    [
        "status=nothing",
        "sort=x",
        "since=2017-13-45",
        "since=0001-01-01",
        "after=x",
        "before=SS2018-9999",
        "last",
        "q=%ff",
    ],
)
async def test_an_address_that_makes_no_sense_is_read_kindly(open_console: OpenConsole, query: str) -> None:
    assert (await open_console(Role.INTAKE).open(f"{BOARD}?{query}")).status_code == 200


async def test_pages_turn(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.INTAKE)
    made = [add(installation.database) for _ in range(53)][::-1]
    first = await desk.open(BOARD)
    assert "共 53 份，这一页 50 份" in first.text
    assert listed(first) == made[:50]
    second = await desk.open(BOARD, after=made[49])
    assert listed(second) == made[50:]
    assert listed(await desk.open(BOARD, before=made[50])) == made[:50]
    assert listed(await desk.open(f"{BOARD}?last=1")) == made[3:]


async def test_many_are_sorted_at_once(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.INTAKE)
    first, second, third = (add(installation.database) for _ in range(3))
    answer = await desk.post(
        f"{BOARD}/sort", number=[first, second], category="health", assignee="reviewer", back="q=空调"
    )
    assert answer.url.params["q"] == "空调"
    assert "改好了 2 份提案" in answer.text
    assert (one(installation, first).category, one(installation, second).assignee) == ("health", "reviewer")
    assert one(installation, third).category is None
    await desk.post(f"{BOARD}/sort", number=first, category="none")
    assert (one(installation, first).category, one(installation, first).assignee) == (None, "reviewer")


async def test_each_is_told_of_when_one_cannot_be_sorted(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk, number = open_console(Role.INTAKE), add(installation.database)
    answer = await desk.post(f"{BOARD}/sort", number=[number, "SS2018-9999"], category="health")
    assert "没有 SS2018-9999 这份提案。" in answer.text
    assert one(installation, number).category == "health"


async def test_nothing_chosen_changes_nothing(open_console: OpenConsole, installation: Installation) -> None:
    desk, number = open_console(Role.OWNER), add(installation.database)
    assert "请先勾选提案" in (await desk.post(f"{BOARD}/sort", category="health")).text
    assert "请选要改成的类别" in (await desk.post(f"{BOARD}/sort", number=number)).text
    assert "请先勾选提案" in (await desk.post(f"{BOARD}/reject")).text


async def test_only_whoever_may_is_offered_it(open_console: OpenConsole, installation: Installation) -> None:
    add(installation.database)
    offered = {role: (await open_console(role).open(BOARD)).text for role in Role}
    assert {role for role in Role if 'id="sort"' in offered[role]} == {Role.INTAKE, Role.OWNER}
    assert {role for role in Role if 'id="reject"' in offered[role]} == {Role.REVIEWER, Role.OWNER}


async def test_many_are_rejected_with_one_reason(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.REVIEWER)
    numbers = [add(installation.database, title) for title in ("宿舍空调", "食堂菜价")]
    asking = await desk.post(f"{BOARD}/reject", number=numbers)
    assert "宿舍空调" in asking.text
    assert "食堂菜价" in asking.text
    ground = re.findall(r'<option value="(\w+)">', asking.text)[0]
    refused = await desk.post(f"{BOARD}/reject", number=numbers, reason="明年再看", do="hold")
    assert "不采纳要选一条原因" in refused.text
    assert "明年再看" in refused.text
    done = await desk.post(f"{BOARD}/reject", number=numbers, reason="明年再看", ground=ground, do="hold")
    assert "2 份提案的答复备好了" in done.text
    assert sorted(listed(await desk.open(BOARD, prepared="yes"))) == sorted(numbers)
    with installation.database.reading() as session:
        assert [each.published_at for each in session.scalars(select(Decision))] == [None, None]


async def test_views_are_kept_replaced_and_dropped(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.INTAKE)
    await desk.post(f"{BOARD}/views", name=" 焊装  空调 ", back="q=空调&unit=焊装&after=SS2018-0001")
    await desk.post(f"{BOARD}/views", name="焊装 空调", back="q=空调")
    with installation.database.reading() as session:
        view = session.scalars(select(SavedView)).one()
        assert (view.name, view.query) == ("焊装 空调", {"q": "空调"})
    assert "焊装 空调" in (await desk.open(BOARD)).text
    assert "焊装 空调" not in (await open_console(Role.OWNER).open(BOARD)).text
    foreign = await open_console(Role.OWNER).post(f"{BOARD}/views/{view.id}/delete")
    assert foreign.status_code == 404
    assert "删掉了" in (await desk.post(f"{BOARD}/views/{view.id}/delete")).text
    assert "大家共用" in (await desk.post(f"{BOARD}/views", name="待分类")).text
    assert "起个名字" in (await desk.post(f"{BOARD}/views", name=" ")).text


async def test_one_without_work_for_them_gets_none(open_console: OpenConsole, installation: Installation) -> None:
    desk, number = open_console(Role.OWNER), add(installation.database)
    with installation.database.writing() as session:
        gone = session.scalars(select(Operator).where(Operator.name == "approver")).one()
        gone.disabled_at = installation.clock.wall()
    answer = await desk.post(f"{BOARD}/sort", number=number, assignee="approver")
    assert "没有叫“approver”的操作员" in answer.text


def test_an_address_comes_back_as_it_was() -> None:
    asked = board_query.read({"q": " 空调 ", "status": "submitted", "sort": "worst", "name": "x"})
    assert asked.fields == {"q": "空调", "status": "submitted"}
    assert board_query.read_address(asked.address) == asked
