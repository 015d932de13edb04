"""What stands out in a round, in a real browser: seen by one, struck out by another, told to the voter."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from app.ballots import queries
from app.ballots.booth import Booth, Origin
from app.ballots.choices import Stance
from models import Follower
from models.enums import BallotWay, Role
from tests.app.ballots.station import Station
from tests.browser.conftest import PHONE, OpenDesk, OpenPhone, Town
from tests.browser.pictures import looked_at, picture
from tests.fixtures.clocks import SteppingClock

pytestmark = pytest.mark.browser

DOUBTS = "/console/rounds/1/doubts"


def at_station(town: Town, session: object) -> Station:
    clock = SteppingClock(town.installation.clock.now())
    return Station(session, clock, town.installation.keyring)  # type: ignore[arg-type]


def crowd(town: Town, people: int) -> None:
    """Made-up workers behind one address, in a hurry."""
    with town.database.writing() as session:
        station = at_station(town, session)
        for number in range(people):
            person = station.person(f"职工{number}", queries.row(session, 1))
            booth = Booth.enter(session, 1, [person.id], station.keyring, station.clock)
            choices = booth.round.slip.choices({1 + number % 8: Stance.FOR})
            booth.cast(person, choices, None, BallotWay.PAGE, Origin("203.0.113.7", 1 if number < 3 else 40))
            booth.leave(session)


def test_from_the_mark_to_the_voter(open_desk: OpenDesk, open_phone: OpenPhone, town: Town) -> None:
    maker, approver = map(open_desk, (Role.CAMPAIGNER, Role.APPROVER))
    with town.database.writing() as session:
        at_station(town, session).opened()
    crowd(town, 24)
    phone = open_phone().new_page()
    phone.goto("/h5/vote/1")
    with town.database.writing() as session:  # who came by the page alone begins to follow
        session.execute(update(Follower).values(subscribed=True))
    phone.goto("/h5/vote/1")
    phone.locator("input[name=c3]").check()
    phone.get_by_role("button", name="提交选票").click()
    receipt = phone.locator(".receipt").first.inner_text()

    maker.goto("/console/rounds/1")
    maker.get_by_role("link", name="异常").click()
    expect(maker.get_by_text("很多人用同一个网络地址投票")).to_be_visible()
    looked_at(maker, "doubts-marks")
    quick = maker.locator(".doubt", has_text="不到 3 秒就交了")
    quick.get_by_text("看过了，记一笔").click()
    quick.get_by_label("查到了什么").fill("是一分厂的三位，问过了")
    quick.get_by_role("button", name="记下").click()
    expect(maker.get_by_text("是一分厂的三位，问过了")).to_be_visible()
    shared = maker.locator(".doubt", has_text="同一个网络地址投票")
    shared.get_by_text("有问题，提出作废这 24 张").click()
    shared.get_by_label("原因（会公布）").select_option("machine")
    shared.get_by_label("查到的情况").fill("有人拿着一把手机投，门卫看到了")
    looked_at(maker, "doubts-proposing")
    shared.get_by_role("button", name="提出作废").click()
    maker.get_by_label("凭证号", exact=True).fill(receipt)
    by_receipt = maker.locator("section", has_text="按凭证号提出").last
    by_receipt.get_by_label("原因（会公布）").select_option("not_own")
    by_receipt.get_by_label("查到的情况").fill("本人来说手机被人拿去投的")
    by_receipt.get_by_role("button", name="提出作废").click()
    expect(maker.get_by_text("第 2 件：不是本人投的")).to_be_visible()

    approver.goto(DOUBTS)
    looked_at(approver, "doubts-deciding")
    for number in (2, 1):
        approver.locator(".doubt", has_text=f"第 {number} 件").get_by_role("button", name="同意作废").click()
        expect(approver.get_by_text("作废了，这些选票不再计票。")).to_be_visible()

    phone.goto("/h5/vote/1")
    expect(phone.get_by_text("您的这张选票没有计票：不是本人投的。")).to_be_visible()
    phone.set_viewport_size(PHONE)  # type: ignore[arg-type]
    picture(phone, "doubts-struck-out")
    phone.locator("input[name=c5]").check()
    phone.get_by_role("button", name="提交选票").click()
    expect(phone.get_by_text("谢谢您，已计票：选了 5")).to_be_visible()
    with town.database.writing() as session:
        station = at_station(town, session)
        station.closed(queries.row(session, 1))
    approver.goto(DOUBTS)
    looked_at(approver, "doubts-closed")
    approver.goto("/console/rounds/1")
    expect(approver.get_by_text("另有 24 张没有计票")).to_be_visible()
