"""Pages one can read, reach and name: measured in the browser, at the size of a phone and of a desk."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, OpenPhone
from tests.browser.test_proposal import DONE, fill_in, press

pytestmark = pytest.mark.browser

MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")


def measured(page: Page) -> list[str]:
    for details in page.locator("details").all():
        details.evaluate("details => { details.open = true }")
    findings: list[str] = page.evaluate(MEASURE)
    return findings


def test_the_measure_finds_what_is_wrong(open_phone: OpenPhone) -> None:
    page = open_phone().new_page()
    page.goto("/h5/mine")
    page.evaluate(
        "() => { const [pale, small] = document.querySelectorAll('main p'); pale.style.color = '#999';"
        " small.firstChild.style = 'display: inline; padding: 0; line-height: 1; font-size: 12px; outline: none' }"
    )
    assert {finding.split()[0] for finding in measured(page)} == {"contrast", "type", "target", "focus:"}


@pytest.mark.parametrize(
    "view", [{"viewport": PHONE}, {"viewport": DESK}, {"viewport": PHONE, "color_scheme": "dark"}]
)
def test_everything_can_be_read_and_reached(open_phone: OpenPhone, view: dict[str, Any]) -> None:
    page = open_phone(**view).new_page()
    page.goto("/h5/proposal")
    assert measured(page) == []
    press(page, "提交")
    expect(page.locator("#to-mend")).to_be_focused()
    assert measured(page) == []
    fill_in(page)
    press(page, "提交")
    expect(page).to_have_url(DONE)
    for path in ("/h5/mine/SS2018-0001", "/h5/mine", "/h5/mine/SS2018-0001/withdraw", "/h5/nothing"):
        page.goto(path)
        assert measured(page) == []


def test_outside_wechat_too(open_phone: OpenPhone) -> None:
    page = open_phone(user_agent="Mozilla/5.0").new_page()
    page.goto("/h5/proposal")
    expect(page.get_by_role("heading", level=1)).to_have_text("请在微信里打开")
    assert measured(page) == []


def test_everything_has_the_name_one_would_call_it(open_phone: OpenPhone) -> None:
    page = open_phone().new_page()
    page.goto("/h5/proposal")
    for name in ("实事项目名称", "简介", "预期目标或成效", "单位", "姓名", "联系电话"):
        expect(page.get_by_role("textbox", name=name)).to_have_count(1)
    category = page.get_by_role("group", name="类别")
    expect(category.get_by_role("radio")).to_have_count(7)
    expect(category).to_have_accessible_description(
        "您的提案属于哪个类别？ 选最接近的一类就好，工作人员会再核对。"
    )
    press(page, "提交")
    expect(page.locator("#to-mend")).to_be_visible()
    expect(page.get_by_label("实事项目名称")).to_have_accessible_description(
        "请给它起个实事项目名称，一句话就好。 例如：为户外职工建爱心接力站。"
        " 写了 0 个字，最多 60 个字 ！请写实事项目名称。"
    )


def test_the_bar_never_hides_what_has_the_focus(open_phone: OpenPhone) -> None:
    page = open_phone().new_page()
    page.goto("/h5/proposal")
    for _ in range(12):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            "() => { const [focus, bar] = [document.activeElement, document.querySelector('.bar')]"
            ".map(element => element.getBoundingClientRect());"
            " return !document.querySelector('.bar').contains(document.activeElement) && focus.top > bar.top }"
        )
        assert not hidden
