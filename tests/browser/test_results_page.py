"""The published result in a real browser: without script, in large type, on a phone and on a desk."""

import pytest
from playwright.sync_api import Browser, Page, expect

from app.clock import Clock
from tests.app.ballots.station import Station, furnish_station
from tests.browser.conftest import DESK, PHONE, Town
from tests.fixtures.clocks import SteppingClock

pytestmark = pytest.mark.browser

LONG = "为户外职工和夜班职工办一个从早到晚都开着门、有热水有座位也能热饭的爱心接力站"


@pytest.fixture
def published(town: Town) -> Town:
    clock = SteppingClock(Clock().wall())
    furnish_station(town.database, clock, [LONG, "职工书屋", "职工夜校"])
    with town.database.writing() as session:
        station = Station(session, clock, town.installation.keyring)
        round = station.opened(ballot_type="yes_no_abstain", max_choices=3)
        for name in ("张三", "李四", "王五"):
            station.votes(name, round, 1, against=[3], opinions={1: "晚上也要开" * 20})
        station.closed(round)
        round.turnout_by_unit = [["环卫所", 300, 200], [LONG, 50, 7]]
        station.published(round)
    return town


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_it_is_read_without_script_and_without_signing_in(
    chromium: Browser, published: Town, viewport: dict[str, int]
) -> None:
    context = chromium.new_context(base_url=published.url, viewport=viewport, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/h5/results/2018")
    expect(page.get_by_role("heading", level=3).first).to_have_text(LONG)
    bar = page.get_by_role("img", name="赞成 100.0%，反对 0.0%，弃权 0.0%")
    expect(bar).to_be_visible()
    expect(page.get_by_text("赞成 3 票 100.0%")).to_be_visible()
    page.get_by_text("来自 1 份提案").first.click()
    expect(page.get_by_text("SS2018-0001")).to_be_visible()
    page.get_by_text("各单位的参与情况").click()
    expect(page.get_by_role("rowheader", name="环卫所")).to_be_visible()
    assert complaints == []
    context.close()


def test_large_type_fits_a_phone_with_everything_open(chromium: Browser, published: Town) -> None:
    context = chromium.new_context(base_url=published.url, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/h5/results/2018")
    page.get_by_text("大字").click()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert not is_too_wide(page)
    context.close()
