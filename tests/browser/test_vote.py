"""A worker votes in a real browser the size of a phone: by script and without, in large type, by a link."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from app.ballots import queries
from models import Candidate, Follower
from models.enums import Maturity
from tests.app.ballots.station import TITLES, Station, put_up
from tests.app.triage.room import Room, furnish
from tests.browser.conftest import DESK, PHONE, OpenPhone, Town
from tests.browser.pictures import picture
from tests.browser.test_access import measured
from tests.fixtures.clocks import SteppingClock

pytestmark = pytest.mark.browser

EXCHANGE = "/sns/oauth2/access_token"
SMALLEST = {"width": 320, "height": 568}
SUMMARY = (
    "在环卫道班、公园和路口，给环卫工、快递员、交警一个喝水热饭、歇脚充电的地方。"
    "先摸底选点，再和街道、商户谈合作，最后请职工自己验收，不满意的换掉。"
)
Vote = Callable[..., "Poll"]


@dataclass
class Poll:
    """A round that is open in the town."""

    town: Town
    open_phone: OpenPhone
    round_id: int

    @property
    def path(self) -> str:
        return f"/h5/vote/{self.round_id}"

    def phone(self, **options: Any) -> BrowserContext:
        """Of a new worker who follows the account."""
        context = self.open_phone(**options)
        openid = list(self.town.platform.people)[-1]
        now = self.town.installation.clock.now() - timedelta(days=1)
        with self.town.database.writing() as session:
            session.add(Follower(openid=openid, subscribed=True, subscribed_at=now, created_at=now))
        return context

    def paper(self, **options: Any) -> Page:
        page = self.phone(**options).new_page()
        page.goto(self.path)
        return page

    def close(self) -> None:
        with self.town.database.writing() as session:
            station = station_in(self.town, session)
            station.closed(queries.row(session, self.round_id))


@pytest.fixture
def vote(town: Town, open_phone: OpenPhone) -> Vote:
    with town.database.writing() as session:
        room = Room(session, SteppingClock(town.installation.clock.now()))
        furnish(room)
        put_up(room)
        described(session)

    def vote(**changes: Any) -> Poll:
        with town.database.writing() as session:
            return Poll(town, open_phone, station_in(town, session).opened(**changes).id)

    return vote


def station_in(town: Town, session: Any) -> Station:
    return Station(session, SteppingClock(town.installation.clock.now()), town.installation.keyring)


def described(session: Any) -> None:
    session.execute(
        update(Candidate).values(
            category="daily_life",
            summary=SUMMARY,
            expected_outcome="一年建二十个，每天服务五百人次，职工满意率九成以上。",
            department="区总工会权益保障部",
            cost="约二十万元，工会和街道各出一半",
            maturity=Maturity.NEW,
        )
    )


def tick(page: Page, *numbers: int) -> None:
    for number in numbers:
        page.locator(f"input[name=c{number}]").click()


def send(page: Page, name: str = "提交选票") -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("script", [True, False])
def test_a_first_vote_and_a_change(vote: Vote, script: bool) -> None:
    page = vote().paper(java_script_enabled=script)
    expect(page.get_by_role("status")).to_have_text("您还没有投票")
    tick(page, 3, 5)
    page.locator("#n5 summary").click()
    page.locator("#o5").fill("希望早一点开门")
    expect(page.locator("input[name=c3]")).to_be_checked()
    send(page)
    expect(page).to_have_url(re.compile("news=counted"))
    expect(page.locator(".notice")).to_contain_text("谢谢您，已计票：选了 3、5")
    expect(page.locator("#o5")).to_have_value("希望早一点开门")
    tick(page, 5, 1)
    send(page, "改成这样")
    expect(page.locator(".notice")).to_contain_text("已改好，按这次的计票：选了 1、3")
    expect(page.locator("input[name=c5]")).not_to_be_checked()


def test_what_is_chosen_is_counted_as_one_goes(vote: Vote) -> None:
    page = vote().paper()
    told = page.locator("#vote-told")
    tick(page, 1, 2)
    expect(told).to_have_text("已选 2 项，最多 3 项，还没提交")
    tick(page, 3, 4)
    expect(told).to_have_text("多选了 1 项，请去掉 1 项，还没提交")
    send(page)
    expect(page.locator("#to-mend")).to_be_focused()
    expect(page.locator("#to-mend")).to_contain_text("请去掉 1 项")
    tick(page, 4)
    send(page)
    expect(page.locator(".notice")).to_contain_text("已计票：选了 1、2、3")
    expect(told).to_have_text("已计票：选了 1、2、3")


def test_leaving_halfway_loses_nothing_and_counts_nothing(vote: Vote) -> None:
    page = vote().paper()
    tick(page, 2)
    page.locator("#n2 summary").click()
    page.locator("#o2").fill("多放几台微波炉")
    page.goto("/h5/mine")
    page.go_back()
    expect(page.locator("input[name=c2]")).to_be_checked()
    expect(page.locator("#o2")).to_have_value("多放几台微波炉")
    expect(page.locator("#vote-told")).to_contain_text("还没提交")
    expect(page.locator(".notice")).to_contain_text("您还没有投票")


def test_a_second_tap_sends_nothing_more(vote: Vote) -> None:
    page = vote().paper()
    tick(page, 2)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.evaluate("for (const tap of [1, 2, 3]) document.querySelector('#vote .button').click()")
    expect(page.locator(".notice")).to_contain_text("已计票：选了 2")
    assert sent.count("POST") == 1


def test_a_link_that_was_passed_on_is_the_friends_own(vote: Vote) -> None:
    poll = vote()
    page = poll.paper()
    tick(page, 3)
    send(page)
    expect(page).to_have_url(re.compile("news=counted"))
    friend = poll.phone().new_page()
    friend.goto(page.url)
    expect(friend.locator(".notice")).to_contain_text("您还没有投票")
    expect(friend.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_an_expired_code_leads_back_to_the_ballot(vote: Vote) -> None:
    poll = vote()
    poll.town.platform.refuse_next(EXCHANGE, 40029)
    page = poll.paper()
    expect(page.get_by_role("heading", level=1)).to_have_text("没有登录成功")
    page.get_by_role("link", name="再试一次").click()
    expect(page.locator(".notice")).to_contain_text("您还没有投票")


def test_a_round_that_closes_meanwhile(vote: Vote) -> None:
    poll = vote()
    page = poll.paper()
    tick(page, 3)
    send(page)
    expect(page).to_have_url(re.compile("news=counted"))
    poll.close()
    tick(page, 4)
    send(page, "改成这样")
    expect(page.get_by_role("alert")).to_contain_text("没有计票")
    expect(page.locator(".card")).to_contain_text("已计票：选了 3")
    assert measured(page) == []
    picture(page, "vote-closed", full_page=True)


def test_in_large_type_nothing_is_cut_off(vote: Vote) -> None:
    page = vote().paper()
    page.get_by_text("大字", exact=True).click()
    tick(page, 3)
    assert page.locator("#n3 .title").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 22
    picture(page, "vote-large")
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert measured(page) == []


@pytest.mark.parametrize("view", [PHONE, DESK, SMALLEST])
@pytest.mark.parametrize("type", ["approval", "yes_no_abstain"])
def test_everything_can_be_read_and_reached(vote: Vote, view: dict[str, int], type: str) -> None:
    page = vote(ballot_type=type).paper(viewport=view)
    assert measured(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    role = "checkbox" if type == "approval" else "group"
    for number in range(1, len(TITLES) + 1):
        expect(page.get_by_role(role, name=re.compile(rf"^{number}号 "))).to_have_count(1)  # type: ignore[arg-type]
    picture(page, f"vote-{type}-{view['width']}", full_page=True)


def test_the_bar_never_hides_what_has_the_focus(vote: Vote) -> None:
    page = vote().paper()
    stops = 2 * len(TITLES) + 3  # each candidate's box and details; large type, the button, what is fair
    for _ in range(stops):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            "() => { const [focus, bar] = [document.activeElement, document.querySelector('.bar')]"
            ".map(element => element.getBoundingClientRect());"
            " return !document.querySelector('.bar').contains(document.activeElement)"
            " && focus.top < bar.bottom && focus.bottom > bar.top }"
        )
        assert not hidden


def test_the_browser_finds_nothing_to_complain_about(vote: Vote) -> None:
    poll = vote()
    page = poll.phone().new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(poll.path)
    tick(page, 3)
    page.locator("#n1 summary").click()
    picture(page, "vote-chosen", full_page=True)
    send(page)
    expect(page).to_have_url(re.compile("news=counted"))
    page.get_by_text("怎么保证").click()
    picture(page, "vote-counted", full_page=True)
    assert complaints == []
