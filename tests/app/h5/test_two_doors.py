"""Two doors, one draft: begun in the chat and finished on the page, and the other way round."""

import asyncio
import threading
from collections.abc import Callable

from sqlalchemy.orm import Session

from app.writer import Call
from tests.app.h5.conftest import Page, World
from tests.app.h5.samples import WHOLE
from tests.standin.state import Person

BEGUN = ("我要提案", "同意", "生活服务", "接力站")
PIECES = ("第一段", "第二段")


async def chatting(world: World) -> tuple[Person, Page]:
    """Somebody in the middle of the summary in the chat opens the page."""
    person = world.worker()
    await world.says(person, *BEGUN, *PIECES)
    return person, await world.phone_of(person).open("/h5/proposal")


async def test_begun_in_the_chat_and_finished_on_the_page(world: World) -> None:
    _, page = await chatting(world)
    assert page.fields["title"] == "接力站"
    assert page.fields["category"] == "daily_life"
    assert page.fields["summary"].strip() == "第一段\n第二段"
    done = await page.press("submit", expected_outcome="一年二十个", name="王建国")
    assert done.path == "/h5/mine/SS2018-0001"
    assert world.proposals()[0].summary == "第一段\n第二段"


async def test_begun_on_the_page_and_finished_in_the_chat(world: World) -> None:
    person = world.worker()
    page = await world.phone_of(person).open("/h5/proposal")
    await page.press("save", **{**WHOLE, "expected_outcome": "", "phone": ""})
    assert "预期目标或成效" in await world.says(person, "继续")
    await world.says(person, "一年二十个", "跳过", "跳过")
    assert "SS2018-0001" in await world.says(person, "提交")
    assert world.proposals()[0].title == WHOLE["title"]


async def test_writing_on_continues_the_summary_that_was_begun(world: World) -> None:
    person, page = await chatting(world)
    await page.press("save", summary="第一段\n第二段\n第三段")
    assert "预期目标或成效" in await world.says(person, "继续")
    assert world.drafts()[0].state["fragments"] == {}


async def test_an_untouched_field_keeps_what_the_chat_wrote_meanwhile(world: World) -> None:
    person, page = await chatting(world)
    await world.says(person, "第三段", "完", "一年二十个")
    saved = await page.press("save", title="接力站和饮水点")
    answers = world.drafts()[0].state["answers"]
    assert (answers["title"], answers["expected_outcome"]) == ("接力站和饮水点", "一年二十个")
    assert answers["summary"] == saved.fields["summary"].strip() == "第一段\n第二段\n第三段"


async def conflicting(world: World) -> tuple[Person, Page]:
    """The title was changed at both doors."""
    person, page = await chatting(world)
    await world.says(person, "完", "一年二十个", "跳过", "跳过", "王建国", "跳过", "改 2", "聊天里的名称")
    return person, await page.press("save", title="网页上的名称", unit="殷行街道")


async def test_where_both_wrote_both_are_shown_and_nothing_is_lost(world: World) -> None:
    _, page = await conflicting(world)
    assert page.answer.status_code == 422
    assert "聊天里的名称" in page.markup.texts["field-title"]
    assert page.fields["title"] == "网页上的名称"
    answers = world.drafts()[0].state["answers"]
    assert (answers["title"], answers["unit"]["unit"]) == ("聊天里的名称", "殷行街道")
    undecided = await page.press("submit")
    assert undecided.answer.status_code == 422
    assert world.proposals() == []


async def test_the_person_decides_for_the_page(world: World) -> None:
    _, page = await conflicting(world)
    shown = [one["value"] for one in page.markup.controls if one["name"] == "chosen_title"]
    decided = await page.press("save", chosen_title=shown[1])
    assert decided.fields["title"] == "网页上的名称"


async def test_the_person_decides_for_the_chat(world: World) -> None:
    _, page = await conflicting(world)
    decided = await page.press("save", chosen_title="chat")
    assert decided.fields["title"] == "聊天里的名称"


async def test_a_decision_about_words_that_have_changed_again_is_asked_once_more(world: World) -> None:
    person, page = await conflicting(world)
    shown = [one["value"] for one in page.markup.controls if one["name"] == "chosen_title"]
    await world.says(person, "改 2", "又一个名称")
    again = await page.press("save", chosen_title=shown[1])
    assert again.answer.status_code == 422
    assert "又一个名称" in again.text


async def test_scores_given_one_by_one_show_on_the_page_and_back(world: World) -> None:
    person = world.worker()
    await world.says(person, *BEGUN, "简介的内容", "完", "一年二十个", "逐项评分", "5", "3")
    page = await world.phone_of(person).open("/h5/proposal")
    assert (page.fields["rating_1"], page.fields["rating_2"], page.fields["rating_3"]) == ("5", "3", "")
    await page.press("save", rating_10="1")
    assert "单位" in await world.says(person, "继续")
    ratings = world.drafts()[0].state["answers"]["evaluation"]["ratings"]
    assert [(one["project"], one["rating"]) for one in ratings] == [(1, 5), (2, 3), (10, 1)]


async def test_remarks_from_the_chat_stay_with_their_score(world: World) -> None:
    person = world.worker()
    await world.says(person, *BEGUN, "简介的内容", "完", "一年二十个", "3：4 场地太远")
    page = await world.phone_of(person).open("/h5/proposal")
    assert "场地太远" in page.text
    await page.press("save", rating_1="5")
    ratings = world.drafts()[0].state["answers"]["evaluation"]["ratings"]
    assert ratings[1] == {"project": 3, "rating": 4, "remark": "场地太远"}


async def test_what_was_handed_in_by_chat_is_not_handed_in_again(world: World) -> None:
    person, page = await chatting(world)
    await world.says(person, "完", "一年二十个", "跳过", "跳过", "王建国", "跳过", "提交")
    late = await page.press("submit", title="网页上的名称")
    assert late.answer.status_code == 409
    assert "已经在别处提交" in late.text
    assert "网页上的名称" in late.text
    assert len(world.proposals()) == 1
    fresh = await late.press("save")
    assert "已经保存" in fresh.text
    assert fresh.fields["title"] == "网页上的名称"
    assert len(world.proposals()) == 1


async def test_a_page_of_a_draft_that_is_gone_never_writes_into_the_next_one(world: World) -> None:
    person, page = await chatting(world)
    await world.says(person, "完", "一年二十个", "跳过", "跳过", "王建国", "跳过", "提交", *BEGUN)
    late = await page.press("save", title="网页上的名称")
    assert late.answer.status_code == 409
    assert [draft.state["answers"]["title"] for draft in world.drafts()] == ["接力站"]


async def test_what_was_put_aside_in_the_chat_is_not_overwritten(world: World) -> None:
    person, page = await chatting(world)
    await world.says(person, "取消")
    late = await page.press("save", title="网页上的名称")
    assert late.answer.status_code == 409
    assert [draft.state["answers"]["title"] for draft in world.drafts()] == ["接力站"]


async def test_both_doors_at_the_same_moment_lose_nothing(world: World) -> None:
    """Their pieces of writing wait together, so that the writer could take them in one go."""
    person, page = await chatting(world)
    writer, held, go = world.installation.writer, threading.Event(), threading.Event()

    def hold(_session: Session) -> None:
        held.set()
        go.wait(10)

    holding = world.installation.writer.submit(Call(hold))
    await asyncio.to_thread(held.wait, 10)
    saving = asyncio.create_task(page.press("save", expected_outcome="页上写的成效"))
    await until(lambda: writer.waiting == 1)
    chatting_on = asyncio.create_task(world.says(person, "第三段"))
    await until(lambda: writer.waiting == 2)
    go.set()
    await asyncio.gather(saving, chatting_on, asyncio.wrap_future(holding))

    page = await page.view.open("/h5/proposal")
    assert page.fields["summary"].strip() == "第一段\n第二段\n第三段"
    assert page.fields["expected_outcome"].strip() == "页上写的成效"


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)
