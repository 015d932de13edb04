"""What the calendar allows on the pages, to the second."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from models import Campaign
from tests.app.h5.conftest import World
from tests.app.h5.samples import WHOLE

OPENS = datetime(2017, 11, 29, 16, tzinfo=UTC)  # midnight in Shanghai
CLOSES = datetime(2017, 12, 25, 16, tzinfo=UTC)
GRACE_ENDS = CLOSES + timedelta(hours=24)
SECOND = timedelta(seconds=1)


async def test_before_it_opens_the_page_says_when(world: World) -> None:
    phone = world.phone_of(world.worker())
    world.clock.time = OPENS - SECOND
    early = await phone.open("/h5/proposal")
    assert "2017年11月30日开始" in early.text
    world.clock.time = OPENS
    assert "title" in (await phone.open("/h5/proposal")).fields


async def test_a_page_opened_in_time_may_be_sent_until_the_last_second(world: World) -> None:
    world.clock.time = CLOSES - timedelta(hours=1)
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    world.clock.time = CLOSES - SECOND
    assert (await page.press("submit", **WHOLE)).path == "/h5/mine/SS2018-0001"


async def test_a_page_sent_too_late_gives_everything_back(world: World) -> None:
    world.clock.time = CLOSES - timedelta(hours=1)
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    world.clock.time = CLOSES
    late = await page.press("submit", **WHOLE)
    assert late.answer.status_code == 409
    assert "征集已经截止" in late.text
    assert WHOLE["summary"] in late.text
    assert (world.proposals(), world.drafts()) == ([], [])
    closed = await page.view.open("/h5/proposal")
    assert "已于2017年12月25日24:00截止" in closed.text


async def test_a_draft_begun_in_time_has_its_grace(world: World) -> None:
    world.clock.time = CLOSES - SECOND
    phone = world.phone_of(world.worker())
    await (await phone.open("/h5/proposal")).press("save", title="接力站")
    world.clock.time = GRACE_ENDS - SECOND
    page = await phone.open("/h5/proposal")
    assert "2017年12月26日24:00之前还可以提交" in page.text
    assert (await page.press("submit", **WHOLE)).path == "/h5/mine/SS2018-0001"


async def test_the_grace_ends(world: World) -> None:
    world.clock.time = CLOSES - SECOND
    phone = world.phone_of(world.worker())
    await (await phone.open("/h5/proposal")).press("save", title="接力站")
    world.clock.time = GRACE_ENDS - SECOND
    page = await phone.open("/h5/proposal")
    world.clock.time = GRACE_ENDS
    for deed in ("save", "submit"):
        assert (await page.press(deed, **WHOLE)).answer.status_code == 409
    closed = await phone.open("/h5/proposal")
    assert "还替您保存着" in closed.text
    assert world.drafts()[0].state["answers"] == {"title": "接力站"}


async def test_the_phase_counts_when_it_is_set_by_hand_too(world: World) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    world.set_phase("opinion")
    assert (await page.press("submit", **WHOLE)).answer.status_code == 409
    assert world.proposals() == []


@pytest.mark.parametrize("deed", ["save", "submit"])
async def test_what_was_handed_in_is_changed_until_screening_begins(world: World, deed: str) -> None:
    phone = world.phone_of(world.worker())
    await (await phone.open("/h5/proposal")).press("submit", **WHOLE)
    world.clock.time = CLOSES - SECOND
    page = await phone.open("/h5/proposal/SS2018-0001")
    withdrawal = await phone.open("/h5/mine/SS2018-0001/withdraw")
    world.clock.time = CLOSES
    late = await page.press(deed, title="改过的名称")
    assert late.answer.status_code == 409
    assert "正在汇总梳理" in late.text
    assert (await withdrawal.press()).answer.status_code == 409
    assert (await phone.open("/h5/proposal/SS2018-0001")).answer.status_code == 409
    mine = await phone.open("/h5/mine")
    assert "修改" not in mine.text
    [proposal] = world.proposals()
    assert (proposal.title, proposal.status.value) == (WHOLE["title"], "submitted")


async def test_without_a_campaign_there_is_a_page(world: World) -> None:
    phone = world.phone_of(world.worker())
    with world.database.writing() as session:
        session.execute(delete(Campaign))
    for path in ("/h5/proposal", "/h5/mine"):
        page = await phone.open(path)
        assert page.answer.status_code == 404
        assert "没有征集活动" in page.text
