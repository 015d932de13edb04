"""The dashboard and the report in a real browser: on a desk, on a phone, and on paper."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page
from sqlalchemy import insert

from app import console
from app.console.session import SESSION
from app.database import Database
from app.installation import Installation
from app.operators import service, sessions
from app.operators.passwords import PasswordHash
from models import Proposal
from models.enums import IntakeChannel, ProposalStatus, Role
from tests.browser.conftest import free_port, wait_for
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.installation import make_settings
from tests.fixtures.service import load_campaign

pytestmark = pytest.mark.browser

DESK, PHONE, PAPER = ({"width": width, "height": 900} for width in (1440, 390, 703))
PAGES = ("/console/", "/console/last-year")
CHARTS = "svg[role=img]"

# Words in one picture that lie on one another, or outside of the window.
CROWDED = """() => [...document.querySelectorAll("svg")].flatMap((svg) => {
  const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  const out = boxes.filter(([, box]) => box.left < 0 || box.right > innerWidth + 1)
    .map(([words]) => `outside: ${words}`);
  const on = boxes.flatMap(([words, a], place) => boxes.slice(place + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
    .map(([other]) => `${words} on ${other}`));
  return [...out, ...on];
})"""

Opener = Callable[[dict[str, int]], Page]


def hand_in(database: Database, count: int = 300) -> None:
    """Proposals over 25 days, from 20 units and all three routes, most of them with scores."""
    channels, statuses = list(IntakeChannel), list(ProposalStatus)
    rows: list[dict[str, Any]] = [
        {
            "campaign_id": 1,
            "number": f"SS2018-{number:04d}",
            "channel": channels[number % 5 % 3],
            "status": statuses[number % 7 % 6],
            "category": ("rights", "daily_life", "health", "education", None)[number % 5],
            "title": "午间健身课",
            "summary": "请教练来园区",
            "expected_outcome": "一年五十次",
            "evaluations": [
                {"project": project, "rating": 1 + number * project % 5, "remark": "希望周末也开。" * (number % 4)}
                for project in range(1, 1 + number % 11)
            ],
            "unit": f"上海某某建筑设计有限公司第{number % 100 % 20}分公司工会联合会",
            "submitted_at": START + timedelta(days=number % 25, hours=number % 13),
        }
        for number in range(1, count + 1)
    ]
    with database.writing() as session:
        session.execute(insert(Proposal), rows)


@pytest.fixture
def open_desk(chromium: Browser, sqlite_database: Database) -> Iterator[Opener]:
    """Pages of a console in which an auditor is signed in; what the browser complains of fails the test."""
    port, clock = free_port(), SteppingClock(START + timedelta(days=26))
    load_campaign(sqlite_database, clock)
    hand_in(sqlite_database)
    url = f"http://127.0.0.1:{port}"
    installation = Installation.build(make_settings(str(sqlite_database.url), public_url=url), clock=clock)
    with sqlite_database.writing() as session:
        added = service.add(session, "李敏", PasswordHash("x"), [Role.AUDITOR], actor="cli:tester", clock=clock)
        cookie = sessions.begin(session, added.id, "Chrome", clock)
    server = uvicorn.Server(uvicorn.Config(console_of(installation), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(port)
    context = chromium.new_context(base_url=url, locale="zh-CN")
    context.add_cookies([{"name": SESSION, "value": cookie, "url": f"{url}/console"}])
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    context.on("requestfailed", lambda request: complaints.append(request.url))

    def open_desk(view: dict[str, int]) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": view["width"], "height": view["height"]})
        return page

    yield open_desk
    context.close()
    server.should_exit = True
    thread.join()
    assert complaints == []


def console_of(installation: Installation) -> FastAPI:
    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        installation.start()
        yield
        await installation.close()

    app = FastAPI(lifespan=life)
    console.mount(app, installation)
    return app


def test_charts_fit_and_are_named_wherever_they_are_seen(open_desk: Opener) -> None:
    for view in (DESK, PHONE):
        page = open_desk(view)
        for path in PAGES:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= view["width"]
            assert page.evaluate(CROWDED) == []
            assert page.locator(CHARTS).count() >= 10
            for picture in page.locator(CHARTS).all():
                assert picture.get_attribute("aria-label") or picture.locator("title").first.text_content()


def test_the_chart_of_days_has_its_numbers_as_a_table(open_desk: Opener) -> None:
    page = open_desk(DESK)
    page.goto("/console/")
    page.get_by_text("看每一天的数字").click()
    days = page.locator(".daily tbody tr")
    assert days.count() == page.locator(".day-chart rect").count()
    assert days.first.locator("th").text_content() == "11月30日"
    assert sum(int(day.text_content() or "") for day in days.locator("td").all()) == 300


def test_on_paper_there_is_the_report_alone_and_it_fits(open_desk: Opener) -> None:
    page = open_desk(PAPER)
    page.emulate_media(media="print")
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
        assert page.evaluate(CROWDED) == []
        assert not page.locator("nav").is_visible()
        assert not page.get_by_role("link", name="下载表格（.csv）").is_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")
