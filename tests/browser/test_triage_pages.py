"""From a reviewer's card to the ballot in a real browser, and how the pages stand on desk and phone."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.campaigns.service import set_phase
from app.console.session import PATH, SESSION
from app.operators import sessions
from models.enums import Role
from tests.app.triage.room import Room
from tests.browser.conftest import DESK, PHONE, Town
from tests.fixtures.clocks import SteppingClock

pytestmark = pytest.mark.browser

CORPUS = Path(__file__).parents[1] / "data/corpus/proposals.jsonl"
FIRST, SECOND = "SS2018-0001", "SS2018-0002"
OpenDesk = Callable[..., Page]


def furnish(town: Town) -> dict[str, str]:
    """Proposals of the corpus, two reviewers and a campaigner; the cookie of each."""
    clock = SteppingClock(town.installation.clock.now())
    lines = CORPUS.read_text(encoding="utf-8").splitlines()[:8]
    with town.database.writing() as session:
        set_phase(session, "2018", "screening", "开会定的", actor="cli:tester", clock=clock)
        room = Room(session, clock)
        for at, told in enumerate(map(json.loads, lines)):
            fields = {key: told[key] for key in ("title", "summary", "expected_outcome")}
            room.proposal("小王" if at % 2 else None, **fields)
        accounts = {
            "甲": room.operator("甲", Role.REVIEWER),
            "乙": room.operator("乙", Role.REVIEWER),
            "丁": room.operator("丁", Role.CAMPAIGNER),
        }
        return {
            name: sessions.begin(session, account.id, "Chrome，Linux", town.installation.clock)
            for name, account in accounts.items()
        }


@pytest.fixture
def open_desk(chromium: Browser, town: Town) -> Iterator[OpenDesk]:
    """A page in which this operator is signed in; at its end, no page may have complained."""
    cookies = furnish(town)
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_desk(name: str, **shape: object) -> Page:
        context = chromium.new_context(
            **{"base_url": town.url, "viewport": DESK, "locale": "zh-CN", **shape}  # type: ignore[arg-type]
        )
        context.add_cookies([{"name": SESSION, "value": cookies[name], "url": town.url + PATH}])
        context.set_default_timeout(15_000)
        context.on(
            "console", lambda message: complaints.append(f"{message.page and message.page.url}: {message.text}")
        )
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    yield open_desk
    for context in contexts:
        context.close()
    assert complaints == []


def fill_card(page: Page, score: str) -> None:
    """By keyboard alone: a digit scores a line and goes on to its reason."""
    for group in page.get_by_role("radiogroup").all():
        group.get_by_role("radio").first.focus()
        page.keyboard.press(score)
        page.keyboard.type("说得通")
    page.get_by_role("radio", name="推荐", exact=True).check()
    expect(page.locator("#progress")).to_have_text("都填好了")


def assess_both(page: Page, score: str) -> None:
    for number in (FIRST, SECOND):
        page.goto(f"/console/assess/{number}")
        fill_card(page, score)
        page.get_by_role("button", name="交表，留在这一页").click()
        expect(page.get_by_role("status").filter(has_text="交好了")).to_be_visible()


def test_from_the_card_to_the_ballot(open_desk: OpenDesk) -> None:
    first, second, maker = open_desk("甲"), open_desk("乙"), open_desk("丁")
    first.goto("/console/assess")
    first.get_by_role("link", name="开始评审").click()
    fill_card(first, "2")
    first.keyboard.press("Control+Enter")
    first.wait_for_url(f"**/assess/{SECOND}")
    assess_both(first, "2")
    assess_both(second, "5")
    expect(second.get_by_role("table", name="2 份评审表")).to_contain_text("看法不一")

    second.get_by_role("link", name="去答复").click()
    second.get_by_role("radio", name="入选", exact=True).check()
    second.get_by_label("入选的理由").fill("两位评审都认为可行")
    expect(second.locator(".bubble")).to_contain_text("经过评审，它入选了")
    second.get_by_role("button", name="先备好，一起公布").click()
    second.goto(f"/console/proposals/{FIRST}/decide?kind=shortlist")
    second.get_by_label("入选的理由").fill("两位评审都认为可行")
    second.get_by_role("button", name="先备好，一起公布").click()
    second.get_by_role("button", name="一起公布 2 份答复").click()
    expect(second.get_by_role("status")).to_contain_text("公布了 2 份答复")

    first.goto(f"/console/merge?into={FIRST}&with=3&with=4")
    first.get_by_label("为什么合并").fill("说的是同一件事")
    expect(first.locator("#audience")).to_contain_text("在微信里告诉 1 位提案人；1 份没有微信")
    first.get_by_role("button", name="合并这 3 份提案").click()
    first.get_by_text("撤销这次合并").click()
    first.get_by_role("button", name="确定撤销").click()
    expect(first.get_by_role("status")).to_contain_text("恢复成原来的样子")

    for number in (FIRST, SECOND):
        maker.goto("/console/candidates/new")
        maker.locator(f"#from-{number}").check()
        maker.get_by_role("button", name="用选中的提案起草").click()
        maker.get_by_label("责任部门").fill("权益保障部")
        maker.get_by_role("button", name="再加几行").click()
        maker.get_by_label("第 3 条指标", exact=True).fill("服务职工")
        maker.get_by_label("第 3 条指标的目标值").fill("3000 人次")
        maker.get_by_role("button", name="保存").last.click()
        expect(maker.get_by_role("status")).to_contain_text("写好了")
    titles = maker.locator(".candidate h2").all_inner_texts()
    maker.locator(".candidate").last.drag_to(maker.locator(".candidate").first, target_position={"x": 200, "y": 5})
    expect(maker.get_by_role("status")).to_have_text("顺序排好了。")
    expect(maker.locator(".candidate h2")).to_have_text(titles[::-1])
    maker.get_by_role("link", name="选票上的样子").click()
    expect(maker.locator(".ballot-card h2")).to_have_text([f"1 {titles[1]}", f"2 {titles[0]}"])
    expect(maker.locator(".ballot-card").first).to_contain_text("服务职工：3000 人次")


def test_a_card_half_filled_is_not_left_by_mistake(open_desk: OpenDesk) -> None:
    page = open_desk("甲")
    page.goto(f"/console/assess/{FIRST}")
    page.get_by_placeholder("一句话理由").first.fill("说得通")
    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.get_by_role("link", name="评审清单").click(no_wait_after=True)
    assert asked.value.type == "beforeunload"
    expect(page.get_by_placeholder("一句话理由").first).to_have_value("说得通")


@pytest.mark.parametrize("shape", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_fits(open_desk: OpenDesk, shape: dict[str, int]) -> None:
    reviewer, maker = (open_desk(name, viewport=shape) for name in "甲丁")
    for page, path in (
        (reviewer, "assess"),
        (reviewer, f"assess/{FIRST}"),
        (reviewer, f"proposals/{FIRST}/decide?kind=reject"),
        (reviewer, "decisions"),
        (reviewer, f"merge?into={FIRST}&with={SECOND}&with=3&with=4&with=5&with=6"),
        (reviewer, "merges"),
        (maker, "candidates"),
        (maker, "candidates/new"),
        (maker, f"candidates/new?from={FIRST}"),
        (maker, "candidates/preview"),
    ):
        answer = page.goto(f"/console/{path}")
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_without_a_script_the_whole_way_is_open(open_desk: OpenDesk) -> None:
    page = open_desk("甲", java_script_enabled=False)
    page.goto(f"/console/proposals/{FIRST}/decide?kind=return")
    page.get_by_label("想请提案人补充什么").fill("请说一说大约有多少人需要")
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".bubble")).to_contain_text("请说一说大约有多少人需要")
    page.get_by_role("button", name="先备好，一起公布").click()
    page.get_by_role("button", name=re.compile("一起公布选中的答复")).click()
    expect(page.get_by_role("status")).to_contain_text("公布了 1 份答复")
