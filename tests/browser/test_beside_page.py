"""In a real browser, beside the phones: a unit's opinion by its link, ballots typed in without a mouse."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from app.ballots import queries
from app.ballots.electorate import Electorate
from models.enums import Role
from tests.app.ballots.rolls import imported
from tests.browser.conftest import PHONE, OpenDesk, Town
from tests.browser.pictures import looked_at
from tests.browser.test_axe import found_by_axe
from tests.browser.test_doubts_page import at_station

pytestmark = pytest.mark.browser

UNITS = "殷行街道总工会\n区医院工会\n上海某某新能源汽车零部件制造有限公司工会委员会"


def pictured(page: Page, name: str) -> None:
    looked_at(page, f"beside-{name}")
    assert found_by_axe(page) == []


def test_a_unit_gives_its_opinion(open_desk: OpenDesk, chromium: Browser, town: Town) -> None:
    maker = open_desk(Role.CAMPAIGNER)
    with town.database.writing() as session:
        at_station(town, session).opened()
    maker.goto("/console/rounds/1")
    maker.get_by_role("link", name="单位意见").click()
    maker.get_by_label("做链接，让单位自己填").fill(UNITS)
    maker.get_by_role("button", name="做链接").click()
    links = maker.get_by_label("各单位的链接").input_value()
    pictured(maker, "links")
    path = re.findall(r"/h5/unit/1/[\w-]+", links)[0]

    context = chromium.new_context(base_url=town.url, viewport=PHONE, locale="zh-CN", java_script_enabled=False)  # type: ignore[arg-type]
    unit = context.new_page()
    unit.goto(path)
    expect(unit.get_by_role("heading", level=1)).to_have_text("殷行街道总工会的集体意见（不是选票）")
    unit.locator("#n1").get_by_text("赞成", exact=True).click()
    unit.locator("#n2").get_by_text("不赞成", exact=True).click()
    unit.get_by_label("对 1号的意见").fill("建议先在三个点位试行，热水和微波炉要有人管。联系人 13800001234")
    unit.get_by_role("button", name="保存").click()
    expect(unit.get_by_text("保存好了")).to_be_visible()
    context.close()

    with_script = chromium.new_context(base_url=town.url, viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    page = with_script.new_page()
    page.goto(path)
    expect(page.locator("#n2 input[value=against]")).to_be_checked()
    pictured(page, "unit")

    maker.goto("/console/rounds/1/units/entering")
    maker.get_by_label("单位", exact=True).fill("区医院工会")
    maker.get_by_label("没有意见").first.check()
    pictured(maker, "entering")
    maker.get_by_role("button", name="保存").click()
    maker.locator(".units summary").first.click()
    maker.locator(".units summary").last.click()
    pictured(maker, "units")

    with town.database.writing() as session:
        station = at_station(town, session)
        station.published(station.closed(queries.row(session, 1)))
    page.goto("/h5/results/2018")
    page.get_by_text("各级工会的意见（2 个单位）").click()
    expect(page.get_by_text("赞成 1 个，没有意见 1 个")).to_be_visible()
    pictured(page, "public")
    page.goto(path)
    expect(page.get_by_text("投票已经截止，单位的意见也不能再填、再改了")).to_be_visible()
    pictured(page, "unit-after")
    with_script.close()


def type_in(desk: Page, *values: str) -> None:
    """With the keyboard alone, from where the focus is."""
    for value in values:
        desk.keyboard.type(value)
        desk.keyboard.press("Enter")


@pytest.mark.parametrize("type", ["approval", "yes_no_abstain"])
def test_ballots_are_typed_in_without_a_mouse(open_desk: OpenDesk, town: Town, type: str) -> None:
    first, second = map(open_desk, (Role.INTAKE, Role.CAMPAIGNER))
    against = [""] if type == "yes_no_abstain" else []
    with town.database.writing() as session:
        station = at_station(town, session)
        station.opened(electorate=Electorate(register_id=imported(station).id), ballot_type=type)
    for desk in (first, second):
        desk.goto("/console/rounds/1/paper")
    for scan, card, name in (("0001", "A001", "张三"), ("0002", "A002", "李四"), ("0003", "A003", "王五")):
        type_in(first, scan, card, name, "1 3", *against)
        expect(first.get_by_text(f"{scan} 号录了第一遍")).to_be_visible()
    second.keyboard.type("0001")
    for value in ("A001", "张三", "1 9"):
        second.keyboard.press("Enter")
        second.keyboard.type(value)
    expect(second.get_by_text("选票上没有 9 号")).to_be_visible()
    second.get_by_label("赞成的号码" if against else "选了的号码").fill("1 3")
    expect(second.locator(".on-paper .approved")).to_have_count(2)
    pictured(second, f"typing-{type}")
    second.get_by_label("扫描号").focus()
    for _ in range(4 + len(against)):
        second.keyboard.press("Enter")
    expect(second.get_by_text("0001 号两遍录的一样，计票了。")).to_be_visible()
    type_in(second, "0002", "A002", "李四", "2", *against)
    expect(second.get_by_text("0002 号两遍录的不一样，没有计票。")).to_be_visible()
    pictured(second, f"paper-{type}")
    second.goto("/console/rounds/1")
    pictured(second, "round")
