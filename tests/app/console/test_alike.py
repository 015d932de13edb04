"""The queue of likely duplicates, and what is near to one proposal."""

import re

from app.installation import Installation
from models.enums import ProposalStatus, Role
from tests.app.console.conftest import OpenConsole
from tests.app.console.sifting import prepare
from tests.app.triage.room import Room

DUCT = {
    "title": "板房里的空调",
    "summary": "七月板房里四十度，风扇吹的是热风。请推动生活区每间装空调，用电独立回路。",
}
AGAIN = {
    "title": "工棚里头热得睡不着",
    "summary": "彩钢板房中午像蒸笼，吹电扇全是热风，晚上睡不好。每间装个空调不过分吧，用电要单独走。",
}
OTHER = {
    "title": "学一点手语",
    "summary": "窗口服务的同事遇到听障乘客只能写纸条，开十次手语课。",
    "expected_outcome": "结业",
}


def furnish(room: Room) -> None:
    room.proposal(**DUCT)
    room.proposal(**AGAIN)
    room.proposal(**OTHER)


async def test_likely_duplicates_are_put_side_by_side(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, furnish)
    page = (await open_console(Role.REVIEWER).open("/console/alike")).text
    assert "2 份提案，相近程度" in page
    assert 'href="/console/merge?into=SS2018-0001&amp;with=SS2018-0002"' in page
    assert "SS2018-0003" not in page
    assert "空调" in "".join(re.findall("<mark>(.*?)</mark>", page))


async def test_what_is_less_likely_is_a_page_of_its_own(
    installation: Installation, open_console: OpenConsole
) -> None:
    def work(room: Room) -> None:
        room.proposal(
            title="送餐摔伤了没人管", summary="雨天滑倒骨折，想有份保险", expected_outcome="出了事有着落"
        )
        room.proposal(
            title="骑手的意外险", summary="摔一跤自己付医药费，希望给骑手买份险", expected_outcome="覆盖五千名"
        )

    prepare(installation, work)
    desk = open_console(Role.OWNER)
    assert "没有发现相近的提案" in (await desk.open("/console/alike")).text
    assert "一半左右其实是两回事" in (await desk.open("/console/alike", loose="1")).text


async def test_the_way_to_merging_is_open(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, furnish)
    desk = open_console(Role.REVIEWER)
    link = re.search(r'href="(/console/merge\?[^"]*)"', (await desk.open("/console/alike")).text)
    assert link
    merging = await desk.open(link[1].replace("&amp;", "&"))
    assert merging.status_code == 200
    assert "板房里的空调" in re.sub("</?mark>", "", merging.text)


async def test_what_was_merged_or_withdrawn_is_asked_no_more(
    installation: Installation, open_console: OpenConsole
) -> None:
    def work(room: Room) -> None:
        room.proposal(**DUCT)
        room.proposal(**AGAIN, status=ProposalStatus.WITHDRAWN)

    prepare(installation, work)
    page = (await open_console(Role.REVIEWER).open("/console/alike")).text
    assert "没有发现相近的提案" in page


async def test_only_those_who_merge_see_the_queue(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, furnish)
    statuses = {role: (await open_console(role).open("/console/alike")).status_code for role in Role}
    assert {role for role, status in statuses.items() if status == 200} == {Role.REVIEWER, Role.OWNER}
    assert set(statuses.values()) == {200, 403}


async def test_what_is_near_to_one(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, furnish)
    page = await open_console(Role.AUDITOR).open("/console/alike/SS2018-0001")
    assert page.status_code == 200
    assert "SS2018-0002" in page.text
    assert "<mark>" in page.text
    assert "/console/merge" not in page.text.split("<main", 1)[1]
    assert (await open_console(Role.AUDITOR).open("/console/alike/SS2018-0999")).status_code == 404


async def test_what_people_write_is_no_markup(installation: Installation, open_console: OpenConsole) -> None:
    prepare(
        installation, lambda room: [room.proposal(title="<b>热水</b>站点", summary="<i>热水</i>") for _ in "12"]
    )
    page = (await open_console(Role.REVIEWER).open("/console/alike")).text
    assert "<b>" not in page.split("<main", 1)[1]
    assert "&lt;" in page
