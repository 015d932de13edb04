import pytest
from tests.app.h5.conftest import WHOLE
from tests.browser.conftest import PHONE, DESK
pytestmark = pytest.mark.browser
def test_shots(open_phone):
    phone = open_phone()
    page = phone.new_page()
    page.goto("/h5/proposal")
    page.screenshot(path="/tmp/s1.png", full_page=True)
    page.screenshot(path="/tmp/s1v.png")
    page.click("summary")
    page.screenshot(path="/tmp/s2.png", full_page=True)
    page.fill("#title","接")
    page.fill("#phone","123")
    page.check("input[name=consent][value=agreed]")
    page.click("button[value=submit]")
    page.wait_for_selector("#to-mend")
    page.screenshot(path="/tmp/s3.png", full_page=True)
    page.goto("/h5/mine")
    page.screenshot(path="/tmp/s4.png", full_page=True)
    desk = open_phone(viewport=DESK).new_page()
    desk.goto("/h5/proposal")
    desk.screenshot(path="/tmp/s5.png")
