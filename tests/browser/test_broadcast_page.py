"""The page of a broadcast in a real browser: it tells live why nothing goes out, and stands on desk and phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, update

from app.broadcasts import composing
from app.broadcasts.audiences import Audience
from app.broadcasts.rules import BroadcastText
from app.broadcasts.verdicts import FAILING
from app.campaigns.service import set_phase
from app.settings import AccountKind, PushSettings
from models import Broadcast, Delivery, Follower
from models.enums import BroadcastKind, BroadcastState, DeliveryState, Role
from tests.app.triage.room import Room
from tests.browser.conftest import PHONE, OpenDesk, Town
from tests.browser.pictures import looked_at, picture
from tests.fixtures.clocks import SteppingClock
from tests.standin.stores import MassJob, MassStatus

pytestmark = pytest.mark.browser

ONE = "/console/broadcasts/1"
MANY = 400
QUOTA = "今天的调用次数已用完，零点后恢复"


@pytest.fixture
def day(town: Town) -> Town:
    """Whatever the hour, it is no night here."""
    push = {"push": PushSettings(quiet_hours="")}
    town.installation.settings = town.installation.settings.model_copy(update=push)
    return town


def compose(town: Town, channel: str = "template", **content: object) -> None:
    words = {"thing1": "请您为实事项目投票", "time2": "2018年7月10日 09:00"}
    content = content or {"template_id": "T-vote", "data": words, "url": "https://x.test/h5/vote/1"}
    text = BroadcastText("请大家为明年的实事项目投票", BroadcastKind.VOTE, channel, Audience("all"), content)
    clock, kind = town.installation.clock, AccountKind.SERVICE
    with town.database.writing() as session:
        people = [
            {"openid": f"oFollower{number:019d}", "subscribed": True, "created_at": clock.now()}
            for number in range(MANY)
        ]
        session.execute(insert(Follower), people)
        by = Room(session, SteppingClock(clock.now())).account("campaigner")
        made = composing.compose(session, "2018", text, by=by, kind=kind, clock=clock)
        composing.submit(session, made.id, by=by, clock=clock)


def messages(town: Town, **states: int) -> None:
    """So many messages in each state, in place of those there were."""
    now = town.installation.clock.now()
    shared = {"kind": "broadcast", "body": {}, "due_at": now, "created_at": now, "batch": 0, "broadcast_id": 1}
    rows = [
        {"key": f"b1-{state}-{number}", "channel": "template", "state": DeliveryState(state), **shared}
        for state, count in states.items()
        for number in range(count)
    ]
    with town.database.writing() as session:
        session.query(Delivery).delete()
        session.execute(insert(Delivery), rows)


def change(town: Town, **values: object) -> None:
    with town.database.writing() as session:
        session.execute(update(Broadcast).values(**values))


def taken(town: Town, *statuses: MassStatus) -> None:
    """The messages went out as mass jobs, which stand like this."""
    for number, status in enumerate(statuses):
        job = MassJob(town.platform.new_id(), f"b1-{number}", 0, 200, False, kind="mpnews", status=status)
        town.platform.stores.mass[job.msg_id] = job
        with town.database.writing() as session:
            rest = update(Delivery).where(Delivery.id > number * MANY // len(statuses))
            session.execute(rest.values(platform_id=str(job.msg_id), channel="mass"))


def turn_to(town: Town, phase: str) -> None:
    with town.database.writing() as session:
        set_phase(session, "2018", phase, "提前", actor="cli:tester", clock=town.installation.clock)


def on_a_small_phone(page: Page, name: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    picture(page, f"{name}-375", full_page=True)


def test_it_tells_live_why_nothing_goes_out(open_desk: OpenDesk, day: Town) -> None:
    composer, approver = open_desk(Role.CAMPAIGNER), open_desk(Role.APPROVER)
    compose(day)
    composer.goto(ONE)
    expect(composer.locator("#standing")).to_have_text("等另一位负责审批的同事放行。")
    looked_at(composer, "broadcast-submitted")
    on_a_small_phone(composer, "broadcast-submitted")
    approver.goto(ONE)
    looked_at(approver, "broadcast-to-release")
    approver.get_by_role("button", name="放行").click()
    expect(composer.locator("#state")).to_have_text("正在发送")

    now, wall = day.installation.clock.now(), day.installation.clock.wall()
    change(day, begun_at=now, gathered_at=now, lease_by="x", lease_until=wall + timedelta(minutes=5))
    messages(day, sent=100, pending=300)
    expect(composer.locator("[data-figure=sent]")).to_have_text("100")
    expect(composer.locator("#standing")).to_be_empty()
    messages(day, sent=130, pending=262, failed=8)
    expect(composer.locator("#pace")).to_contain_text("还有 262 条")
    expect(composer.get_by_text("没有说原因：8 人")).to_be_visible()
    looked_at(composer, "broadcast-sending")

    change(day, lease_until=None, stopped_for=f"{QUOTA}。", goes_on_at=now + timedelta(hours=5))
    expect(composer.locator("#standing")).to_contain_text(f"{QUOTA}，")
    expect(composer.locator("#standing")).to_contain_text("自动接着发。")
    expect(composer.locator("#pace")).to_be_empty()
    looked_at(composer, "broadcast-resting")
    on_a_small_phone(composer, "broadcast-resting")

    messages(day, sent=150, pending=130, failed=120)
    change(day, state=BroadcastState.PAUSED, goes_on_at=None, stopped_for=FAILING)
    expect(composer.locator("#state")).to_have_text("已暂停")
    expect(composer.get_by_role("button", name="继续")).to_be_visible()
    looked_at(composer, "broadcast-paused")
    on_a_small_phone(composer, "broadcast-paused")
    change(day, state=BroadcastState.CANCELLED)
    expect(composer.locator("#standing")).to_contain_text("一批一批收尾")
    messages(day, sent=150, failed=120, skipped=130)
    expect(composer.locator("#standing")).to_be_empty()
    expect(composer.get_by_text("没有发的原因")).to_be_visible()


def test_it_is_not_drawn_anew_under_the_hands_of_somebody_who_types(open_desk: OpenDesk, day: Town) -> None:
    composer = open_desk(Role.CAMPAIGNER)
    compose(day)
    composer.goto(ONE)
    composer.get_by_label("先发给一个人看看").fill("oAbC")
    change(day, state=BroadcastState.SCHEDULED, on_phase="opinion", released_at=day.installation.clock.now())
    expect(composer.locator("#standing")).to_contain_text("现在是“定时待发”，请刷新网页。")
    expect(composer.get_by_label("先发给一个人看看")).to_have_value("oAbC")


def test_what_missed_its_moment(open_desk: OpenDesk, day: Town) -> None:
    composer = open_desk(Role.CAMPAIGNER)
    compose(day)
    turn_to(day, "collecting")
    now = day.installation.clock.now()
    change(day, state=BroadcastState.SCHEDULED, on_phase="collecting", released_at=now)
    composer.goto(ONE)
    expect(composer.locator("#state")).to_have_text("定时待发")
    turn_to(day, "opinion")
    expect(composer.locator("#state")).to_have_text("错过了")
    looked_at(composer, "broadcast-missed")
    on_a_small_phone(composer, "broadcast-missed")
    composer.goto("/console/broadcasts")
    looked_at(composer, "broadcasts")
    on_a_small_phone(composer, "broadcasts")
    composer.goto(ONE)
    composer.get_by_role("button", name="退回修改").click()
    expect(composer.locator("#state")).to_have_text("草稿")
    expect(composer.locator("#standing")).to_contain_text("请改好什么时候发")


def test_mass_jobs_are_asked_about_and_deleted(open_desk: OpenDesk, day: Town) -> None:
    composer, approver = open_desk(Role.CAMPAIGNER), open_desk(Role.APPROVER)
    platform, now = day.platform, day.installation.clock.now()
    news = platform.add_media("news", '[{"title": "十大实事"}]'.encode(), "application/json")
    compose(day, "mass", media_id=news.media_id)
    messages(day, sent=MANY)
    change(day, state=BroadcastState.DONE, begun_at=now, finished_at=now + timedelta(minutes=1))
    taken(day, "SEND_SUCCESS", "SEND_FAIL")
    composer.goto(ONE)
    looked_at(composer, "broadcast-jobs")
    composer.get_by_role("button", name="问平台结果").click()
    expect(composer.get_by_role("status").first).to_contain_text("1 个发完了，1 个没有发成")
    looked_at(composer, "broadcast-jobs-asked")
    approver.goto(ONE)
    approver.get_by_text("删除这次群发的图文").click()
    approver.get_by_label("要删除，请照着打一遍").fill("请大家为明年的实事项目投票")
    looked_at(approver, "broadcast-deleting")
    on_a_small_phone(approver, "broadcast-deleting")
    approver.get_by_role("button", name="删除图文").click()
    expect(approver.get_by_role("status").first).to_contain_text("删掉了 1 个群发任务的图文")
    expect(approver.get_by_role("cell", name="已经删除")).to_be_visible()
    looked_at(approver, "broadcast-deleted")
