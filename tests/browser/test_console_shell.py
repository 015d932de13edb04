"""The console in a real browser: nothing foreign is asked for, nothing is refused by the policy, it fits."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from app.operators import queries, service
from app.operators.passwords import hash_password
from models.enums import Role
from tests.browser.conftest import Town

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
DESK_SIZE, PHONE_SIZE = ViewportSize(width=1440, height=900), ViewportSize(width=375, height=667)
OURS = ("account", "account/totp", "operators", "operators/1", "log", "lists/", "lists/campaigns/list")


@pytest.fixture
def owner(town: Town) -> str:
    with town.database.writing() as session:
        service.add(
            session,
            "赵主席",
            hash_password(PASSWORD),
            [Role.OWNER],
            actor="cli:tester",
            clock=town.installation.clock,
        )
    return "赵主席"


@pytest.fixture(params=["desk", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser, town: Town) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=town.url, viewport=DESK_SIZE if request.param == "desk" else PHONE_SIZE, locale="zh-CN"
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, name: str) -> None:
    page.goto("/console/account")
    page.get_by_label("名字").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/console/account")


def test_every_page_is_quiet_and_fits(page: Page, town: Town, owner: str) -> None:
    asked: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, owner)
    for path in OURS:
        page.goto(f"/console/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert page.evaluate("document.fonts.check('900 16px \"Font Awesome 7 Free\"')"), path
    assert asked == {urlsplit(town.url).netloc}
    assert complaints == []


def test_the_way_leads_by_keyboard_alone(page: Page, owner: str) -> None:
    sign_in(page, owner)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_on_a_phone_the_navigation_opens_without_script(chromium: Browser, town: Town, owner: str) -> None:
    context = chromium.new_context(base_url=town.url, viewport=PHONE_SIZE, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, owner)
    link = page.get_by_role("link", name="操作员")
    assert not link.is_visible()
    page.locator(".nav-open").click()
    link.click()
    page.wait_for_url("**/console/operators")
    context.close()


def test_the_owner_opens_an_account_and_it_signs_in(page: Page, chromium: Browser, town: Town, owner: str) -> None:
    sign_in(page, owner)
    page.goto("/console/operators")
    page.get_by_label("名字").fill("孙工")
    page.get_by_label("初始密码").fill(PASSWORD)
    page.get_by_label("评审").check()
    page.get_by_role("button", name="开账号").click()
    page.get_by_role("status").wait_for()
    assert "已为“孙工”开好账号" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url("**/console/sign-in")
    sign_in(page, "孙工")
    with town.database.reading() as session:
        assert queries.operator(session, 2).roles == ["reviewer"]
