"""A round from the draft to its publication in a real browser, and how its pages stand on desk and phone."""

import random

import pytest
from playwright.sync_api import expect

from app.ballots import queries
from models.enums import Role
from tests.app.ballots.station import Station
from tests.browser.conftest import OpenDesk, Town
from tests.browser.pictures import looked_at
from tests.fixtures.clocks import SteppingClock

pytestmark = pytest.mark.browser

SAID = ("希望地铁站出口附近也有一个", "晚上七点以后也开门就好了", "微波炉多放两台")
ROUND = "/console/rounds/1"


def vote(town: Town, voters: int) -> None:
    """Made-up workers who like the second candidate most; some write what they think of it."""
    chance = random.Random(2018)
    clock = SteppingClock(town.installation.clock.now())
    with town.database.writing() as session:
        station = Station(session, clock, town.installation.keyring)
        round = queries.row(session, 1)
        for voter in range(voters):
            chosen = chance.sample([1, 2, 2, 2, 3, 3, 5, 7], 3)
            opinions = {2: SAID[voter]} if voter < len(SAID) and 2 in chosen else {}
            station.votes(f"职工{voter}", round, *chosen, opinions=opinions)


def test_from_the_draft_to_publication(open_desk: OpenDesk, town: Town) -> None:
    maker, approver, owner = map(open_desk, (Role.CAMPAIGNER, Role.APPROVER, Role.OWNER))
    maker.goto("/console/rounds")
    looked_at(maker, "rounds-none")
    maker.get_by_role("link", name="组成一轮投票").click()
    expect(maker.get_by_text("选了 8 个，一共 8 个。")).to_be_visible()
    maker.get_by_role("checkbox", name="班车加密").uncheck()
    expect(maker.get_by_text("选了 7 个，一共 8 个。")).to_be_visible()
    maker.get_by_label("最多选（赞成）几项").fill("3")
    maker.get_by_label("截止（不写就由人来截止）").fill("2099-07-20T18:00")
    looked_at(maker, "rounds-compose")
    maker.get_by_role("button", name="保存").click()
    expect(maker.get_by_role("status").first).to_contain_text("组成好了")
    expect(maker.get_by_label("发给职工的投票链接")).to_have_value(f"{town.url}/h5/vote/1")
    looked_at(maker, "rounds-draft")
    maker.get_by_role("link", name="选票上的样子").click()
    expect(maker.locator(".ballot-card")).to_have_count(7)
    looked_at(maker, "rounds-preview")

    approver.goto(ROUND)
    approver.get_by_role("link", name="打开投票……").click()
    looked_at(approver, "rounds-open")
    approver.get_by_role("button", name="现在就打开").click()
    expect(approver.get_by_role("status").first).to_contain_text("投票打开了")
    vote(town, 23)
    approver.reload()
    expect(approver.get_by_text("已经有 23 人投了票")).to_be_visible()
    looked_at(approver, "rounds-running")
    maker.goto("/console/rounds")
    looked_at(maker, "rounds-list")

    approver.goto(f"{ROUND}/close")
    looked_at(approver, "rounds-close")
    approver.get_by_role("button", name="现在就截止").click()
    expect(approver.get_by_role("listitem").filter(has_text="户外职工接力站").get_by_role("img")).to_be_visible()
    looked_at(approver, "rounds-closed")
    approver.get_by_role("link", name="确认结果……").click()
    looked_at(approver, "rounds-confirm")
    approver.get_by_role("button", name="核对过了，确认结果").click()
    expect(approver.get_by_text("请另一位负责审批的同事来公布")).to_be_visible()
    owner.goto(f"{ROUND}/publish")
    looked_at(owner, "rounds-publish")
    owner.get_by_role("button", name="公布结果").click()
    expect(owner.get_by_role("status").first).to_contain_text("结果公布了")
    looked_at(owner, "rounds-published")


def test_the_phase(open_desk: OpenDesk) -> None:
    page = open_desk(Role.APPROVER)
    page.goto("/console/phase")
    looked_at(page, "rounds-phase")
    page.get_by_role("radio", name="对外公布").check()
    page.get_by_label("原因").fill("都办完了")
    page.get_by_role("button", name="换阶段").click()
    expect(page.get_by_role("status")).to_contain_text("现在是“对外公布”阶段")
