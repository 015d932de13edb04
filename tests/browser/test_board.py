"""The board in a real browser: by keyboard, choosing a range, on a phone, without a script."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from app.console.session import SESSION
from app.database import Database
from app.installation import Installation
from app.operators import service, sessions
from app.operators.passwords import PasswordHash
from models.enums import Role
from tests.app.proposals.proposing import add, at
from tests.browser.conftest import free_port, wait_for
from tests.browser.test_dashboard import console_of
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import make_settings
from tests.fixtures.service import load_campaign

pytestmark = pytest.mark.browser

TITLES = ("宿舍加装空调", "食堂菜价", "母婴室", "夜校", "体检项目", "班车线路")

Opener = Callable[..., Page]


@pytest.fixture
def open_board(chromium: Browser, sqlite_database: Database, clock: SteppingClock) -> Iterator[Opener]:
    """The board with six proposals, the newest first; what the browser complains of fails the test."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    load_campaign(sqlite_database, clock)
    for day, title in enumerate(TITLES, start=1):
        add(sqlite_database, title, number=f"SS2018-000{day}", submitted_at=at(day))
    installation = Installation.build(make_settings(str(sqlite_database.url), public_url=url), clock=clock)
    with sqlite_database.writing() as session:
        added = service.add(session, "李敏", PasswordHash("x"), [Role.OWNER], actor="cli:tester", clock=clock)
        cookie = sessions.begin(session, added.id, "Chrome", clock)
    server = uvicorn.Server(uvicorn.Config(console_of(installation), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(port)
    contexts, complaints = [], list[str]()

    def open_board(width: int = 1440, **shape: Any) -> Page:
        context = chromium.new_context(
            base_url=url, locale="zh-CN", viewport={"width": width, "height": 900}, **shape
        )
        context.add_cookies([{"name": SESSION, "value": cookie, "url": f"{url}/console"}])
        context.on("console", lambda message: complaints.append(message.text))
        contexts.append(context)
        page = context.new_page()
        page.goto("/console/board")
        return page

    yield open_board
    for context in contexts:
        context.close()
    server.should_exit = True
    thread.join()
    assert complaints == []


def ticked(page: Page) -> list[str]:
    values: list[str] = page.eval_on_selector_all(
        "input[name=number]:checked", "all => all.map((one) => one.value)"
    )
    return [value[-1] for value in values]


def test_by_keyboard(open_board: Opener) -> None:
    page = open_board()
    for key in "jjxkx":
        page.keyboard.press(key)
    assert ticked(page) == ["6", "5"]
    expect(page.get_by_text("选了 2 份")).to_be_visible()
    page.keyboard.press("e")
    page.locator("#to-category").select_option("health")
    page.get_by_role("button", name="改选中的").click()
    expect(page.get_by_text("改好了 2 份提案。")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("zjkt")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有符合条件的提案")).to_be_visible()
    page.goto("/console/board?q=jzkt")
    expect(page.locator("tr[data-number]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="SS2018-0001")).to_be_visible()


def test_a_range_and_a_whole_page_are_chosen(open_board: Opener) -> None:
    page = open_board()
    boxes = page.locator("input[name=number]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert ticked(page) == ["5", "4", "3", "2"]
    page.get_by_label("选这一页的全部提案").check()
    assert len(ticked(page)) == len(TITLES)
    page.get_by_label("选这一页的全部提案").uncheck()
    assert ticked(page) == []


def test_from_proposal_to_proposal(open_board: Opener) -> None:
    page = open_board()
    page.goto("/console/proposals/SS2018-0003?status=submitted")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="SS2018-0002")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="SS2018-0003")).to_be_visible()
    page.keyboard.press("u")
    page.wait_for_url("**/console/board?status=submitted")


@pytest.mark.parametrize("shape", [{"width": 390}, {"width": 1440, "java_script_enabled": False}])
def test_on_a_phone_and_without_a_script(open_board: Opener, shape: dict[str, Any]) -> None:
    page = open_board(**shape)
    page.get_by_label("选 SS2018-0002").check()
    page.locator("#to-assignee").select_option("李敏")
    page.get_by_role("button", name="改选中的").click()
    expect(page.get_by_text("改好了 1 份提案。")).to_be_visible()
    page.get_by_text("存成视图").click()
    page.get_by_label("把现在的筛选存起来，名字叫").fill("都要看")
    page.get_by_role("button", name="存", exact=True).click()
    expect(page.get_by_role("link", name="都要看")).to_be_visible()
    page.get_by_role("link", name="SS2018-0002").click()
    expect(page.get_by_text("收到提案", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_sticks_out(open_board: Opener, width: int) -> None:
    page = open_board(width=width)
    for path in ("/console/board", "/console/board?unit=x", "/console/proposals/SS2018-0001"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
