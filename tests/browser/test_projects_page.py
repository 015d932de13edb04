"""From the published vote to the announced projects in a real browser: two operators, preview, public page."""

import pytest
from playwright.sync_api import Browser, expect

from models.enums import Role
from tests.app.ballots.station import Station
from tests.app.projects.chamber import Chamber
from tests.browser.conftest import DESK, PHONE, OpenDesk, Town
from tests.browser.pictures import looked_at, picture
from tests.browser.test_access import measured
from tests.fixtures.clocks import SteppingClock

pytestmark = pytest.mark.browser

PROJECTS = "/console/projects"


def vote(town: Town) -> None:
    with town.database.writing() as session:
        clock = SteppingClock(town.installation.clock.now())
        Chamber(Station(session, clock, town.installation.keyring)).vote()


def test_from_the_vote_to_the_announcement(open_desk: OpenDesk, chromium: Browser, town: Town) -> None:
    maker, approver = map(open_desk, (Role.CAMPAIGNER, Role.APPROVER))
    maker.goto(PROJECTS)
    looked_at(maker, "projects-early")
    vote(town)
    maker.reload()
    looked_at(maker, "projects-none")
    maker.get_by_label("取最近一轮投票的前").fill("5")
    maker.get_by_role("button", name="列为实事项目", exact=True).click()
    expect(maker.get_by_role("status").first).to_contain_text("列好了")
    maker.get_by_role("button", name="“户外职工接力站”往前移").click()
    expect(maker.locator(".candidate h2").first).to_have_text("户外职工接力站")
    looked_at(maker, "projects-chosen")
    maker.locator(".candidate").first.get_by_role("link", name="修改").click()
    maker.get_by_label("责任部门").fill("权益保障部")
    maker.get_by_role("button", name="再加几行").click()
    maker.get_by_label("第 2 条指标", exact=True).fill("新建接力站")
    maker.get_by_label("第 2 条指标的目标值").fill("30 个")
    looked_at(maker, "projects-edit")
    maker.get_by_role("button", name="保存").last.click()
    expect(maker.get_by_role("status").first).to_contain_text("保存好了")

    maker.get_by_role("link", name="写公告").click()
    looked_at(maker, "projects-draft")
    maker.get_by_role("button", name="保存").click()
    expect(maker.get_by_role("status").first).to_contain_text("公告保存好了")
    with maker.expect_popup() as opened:
        maker.get_by_role("button", name="预览：和公布以后一模一样").click()
    preview = opened.value
    expect(preview.get_by_role("status")).to_contain_text("这是预览")
    expect(preview.get_by_role("heading", name="户外职工接力站").first).to_be_visible()
    looked_at(preview, "projects-preview")
    assert measured(preview) == []
    maker.get_by_role("button", name="提交给同事核对").click()
    expect(maker.get_by_text("由负责审批的同事来公布。")).to_be_visible()
    looked_at(maker, "projects-submitted")

    approver.goto(PROJECTS)
    approver.get_by_role("link", name="核对、公布").click()
    looked_at(approver, "projects-release")
    approver.get_by_role("button", name="核对过了，公布").click()
    expect(approver.get_by_role("status").first).to_contain_text("公布了！")
    looked_at(approver, "projects-released")
    approver.goto(PROJECTS)
    looked_at(approver, "projects-after")
    _read_by_everybody(chromium, town)


def _read_by_everybody(chromium: Browser, town: Town) -> None:
    """On a phone and on a desk, without script."""
    for viewport, kind in ((PHONE, "phone"), (DESK, "desk")):
        context = chromium.new_context(base_url=town.url, viewport=viewport, java_script_enabled=False)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/h5/results/2018")
        expect(page.get_by_role("heading", level=1)).to_have_text("实事项目公布")
        expect(page.get_by_role("heading", level=3).first).to_have_text("户外职工接力站")
        expect(page.get_by_text("新建接力站")).to_be_visible()
        page.get_by_text("由 1 条建议而来").first.click()
        expect(page.get_by_text("SS2018-0002").first).to_be_visible()
        picture(page, f"projects-public-{kind}", full_page=True)
        page.get_by_text("大字").click()
        picture(page, f"projects-public-large-{kind}", full_page=True)
        context.close()
