"""A worker writes a proposal in a real browser the size of a phone, with script and without."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.app.h5.samples import WHOLE
from tests.browser.conftest import DESK, OpenPhone, Town

pytestmark = pytest.mark.browser

CHOICES = ("consent", "category")
DONE = re.compile(r"/h5/mine/SS2018-\d{4}")


def fill_in(page: Page) -> None:
    for key, text in WHOLE.items():
        if key in CHOICES:
            page.check(f"input[name={key}][value={text}]")
        else:
            page.fill(f"#{key}", text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("script", [True, False])
def test_a_proposal_is_filled_in_and_handed_in(open_phone: OpenPhone, script: bool) -> None:
    page = open_phone(java_script_enabled=script).new_page()
    page.goto("/h5/proposal")
    press(page, "提交")
    expect(page.locator("#to-mend")).to_contain_text("请选一个类别")
    fill_in(page)
    page.get_by_text("点这里评一评").click()
    page.get_by_role("group", name="3. 购买区域文体活动服务").get_by_role("radio", name="4 好").check()
    press(page, "提交")
    expect(page).to_have_url(DONE)
    expect(page.get_by_role("status")).to_contain_text("SS2018-0001")
    expect(page.locator("dl")).to_contain_text("3号 4分")


def test_what_is_written_is_saved_in_passing(open_phone: OpenPhone) -> None:
    phone = open_phone()
    page = phone.new_page()
    page.goto("/h5/proposal")
    page.fill("#title", "接力站")
    expect(page.locator("#autosave")).to_contain_text("已自动保存")
    page.fill("#title", "接力站和饮水点")
    expect(page.locator("#title-limit")).to_have_text("写了 7 个字，最多 60 个字")
    page.reload()
    expect(page.locator("#title")).to_have_value(re.compile("接力站"))
    expect(page.locator("#to-mend")).to_have_count(0)


def test_handing_in_waits_for_the_saving_under_way(open_phone: OpenPhone, town: Town) -> None:
    page = open_phone().new_page()
    page.goto("/h5/proposal")
    under_way: list[Route] = []
    page.route("**/h5/proposal", lambda route: keep_waiting(route, under_way))
    fill_in(page)
    with page.expect_request(lambda request: request.headers["accept"] == "application/json"):
        page.fill("#title", "接力站和饮水点")
    press(page, "提交")
    expect(page.locator("#autosave")).to_contain_text("正在提交")
    for route in under_way:
        route.continue_()
    expect(page).to_have_url(DONE)
    assert page.get_by_text("接力站和饮水点").count() == 1


def keep_waiting(route: Route, under_way: list[Route]) -> None:
    if route.request.headers["accept"] == "application/json":
        under_way.append(route)
    else:
        route.continue_()


def test_without_a_network_one_is_told_and_nothing_is_lost(open_phone: OpenPhone) -> None:
    phone = open_phone()
    page = phone.new_page()
    page.goto("/h5/proposal")
    phone.set_offline(True)
    page.fill("#title", "接力站")
    expect(page.locator("#autosave")).to_contain_text("还没有自动保存")
    phone.set_offline(False)
    page.fill("#title", "接力站二")
    expect(page.locator("#autosave")).to_contain_text("已自动保存")


def test_whoever_declines_is_not_asked_for_a_name(open_phone: OpenPhone) -> None:
    page = open_phone().new_page()
    page.goto("/h5/proposal")
    expect(page.get_by_label("姓名")).to_be_visible()
    page.get_by_role("radio", name="不同意").check()
    expect(page.get_by_label("姓名")).to_be_hidden()


def test_large_type_is_remembered(open_phone: OpenPhone) -> None:
    page = open_phone().new_page()
    page.goto("/h5/proposal")
    page.get_by_text("大字", exact=True).click()
    page.goto("/h5/mine")
    assert page.locator("main p").first.evaluate("p => parseFloat(getComputedStyle(p).fontSize)") > 22


@pytest.mark.parametrize("view", [DESK, {"width": 320, "height": 568}])
def test_no_size_of_screen_makes_one_scroll_sideways(open_phone: OpenPhone, view: dict[str, int]) -> None:
    page = open_phone(viewport=view).new_page()
    for path in ("/h5/proposal", "/h5/mine"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_text("大字", exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_browser_finds_nothing_to_complain_about(open_phone: OpenPhone) -> None:
    page = open_phone().new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/h5/proposal")
    fill_in(page)
    press(page, "提交")
    expect(page).to_have_url(DONE)
    page.goto("/h5/mine")
    assert complaints == []
