"""Forms brought in with a real browser: chosen or dropped, mended, imported, undone; with a script and without."""

import base64
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
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
from tests.browser.conftest import free_port, wait_for
from tests.browser.test_dashboard import console_of
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import make_settings
from tests.fixtures.service import load_campaign

pytestmark = pytest.mark.browser

FORMS = Path(__file__).parents[1] / "data/forms"
SAMPLES = [str(next(FORMS.glob(f"{name}*"))) for name in ("A01", "A10", "A11", "A12")]
DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name));
  const drop = document.getElementById("drop");
  drop.dispatchEvent(new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true }));
  drop.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""

Opener = Callable[..., Page]


@pytest.fixture
def open_desk(chromium: Browser, sqlite_database: Database, clock: SteppingClock) -> Iterator[Opener]:
    """A console in which an operator of the intake is signed in; what the browser complains of fails the test."""
    port = free_port()
    load_campaign(sqlite_database, clock)
    url = f"http://127.0.0.1:{port}"
    installation = Installation.build(make_settings(str(sqlite_database.url), public_url=url), clock=clock)
    with sqlite_database.writing() as session:
        added = service.add(session, "李敏", PasswordHash("x"), [Role.INTAKE], actor="cli:tester", clock=clock)
        cookie = sessions.begin(session, added.id, "Chrome", clock)
    server = uvicorn.Server(uvicorn.Config(console_of(installation), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(port)
    contexts, complaints = [], list[str]()

    def open_desk(width: int = 1440, **shape: Any) -> Page:
        context = chromium.new_context(
            base_url=url, locale="zh-CN", viewport={"width": width, "height": 900}, **shape
        )
        context.add_cookies([{"name": SESSION, "value": cookie, "url": f"{url}/console"}])
        context.on("console", lambda message: complaints.append(message.text))
        context.on("requestfailed", lambda request: complaints.append(request.url))
        contexts.append(context)
        return context.new_page()

    yield open_desk
    for context in contexts:
        context.close()
    server.should_exit = True
    thread.join()
    assert complaints == []


@pytest.mark.parametrize("shape", [{"width": 1440}, {"width": 390}, {"width": 1440, "java_script_enabled": False}])
def test_from_files_to_proposals_and_back(open_desk: Opener, shape: dict[str, Any]) -> None:
    page = open_desk(**shape)
    page.goto("/console/forms")
    page.get_by_label("选择征集表").set_input_files(SAMPLES)
    page.get_by_role("button", name="读取文件").click()
    expect(page.get_by_text("第1个表格第1行第1格")).to_be_visible()
    expect(page.get_by_text("这份文件不是征集表")).to_be_visible()
    page.get_by_role("button", name="导入这 3 份和更正好的").click()
    expect(page.get_by_text("导入了 3 份提案。下面这些还没有导入。")).to_be_visible()
    page.get_by_label("实事项目名称").fill("教师的下班时间")
    page.get_by_role("button", name="导入更正好的").click()
    expect(page.get_by_role("status").filter(has_text="导入了 1 份提案。")).to_be_visible()
    page.get_by_role("button", name="撤销").first.click()
    expect(page.get_by_text("这次导入已经撤销")).to_be_visible()


def test_files_may_be_dropped(open_desk: Opener) -> None:
    page = open_desk()
    page.goto("/console/forms")
    path = Path(SAMPLES[0])
    page.evaluate(DROP, [path.name, base64.b64encode(path.read_bytes()).decode()])
    expect(page.get_by_text("选好了 1 份文件。")).to_be_visible()
    page.get_by_role("button", name="读取文件").click()
    expect(page.get_by_role("button", name="导入这 1 份")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_window(open_desk: Opener, width: int) -> None:
    page = open_desk(width)
    page.goto("/console/forms")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("选择征集表").set_input_files(SAMPLES)
    page.get_by_role("button", name="读取文件").click()
    expect(page.get_by_role("heading", name="核对表格")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
