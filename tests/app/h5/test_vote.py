"""The vote page: what a voter finds there, and what is counted."""

import asyncio
import re

import pytest
from sqlalchemy import select

from app.ballots import queries
from app.ballots.lots import shuffled
from models import Box, Opening, Round
from models.enums import Turnout
from tests.app.h5.conftest import Page, World
from tests.app.h5.polls import Poll

STEPS = "先摸底，再施工，最后请职工验收。"
FIXED_FILE = re.compile(r'"(/h5/static/[^"]+)"')
RECEIPT = re.compile(r"(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}")


def ticked(page: Page) -> dict[int, str]:
    return {int(name[1:]): value for name, value in page.fields.items() if name[0] == "c"}


def order_of(page: Page) -> list[int]:
    return [int(number) for number in re.findall(r'id="n(\d+)"', page.answer.text)]


async def test_a_first_vote_is_counted_and_said_so(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    assert "您还没有投票" in page.text
    assert "最多选 3 项" in page.text
    assert ticked(page) == {}
    done = await poll.cast(page, 3, 5)
    assert done.answer.url.query == b"news=counted"
    assert "谢谢您，已计票：选了 3、5" in done.text
    assert RECEIPT.search(done.text)
    assert ticked(done) == {3: "for", 5: "for"}
    assert poll.in_the_box() == (1, 1)


async def test_a_vote_is_changed_and_the_last_counts(world: World) -> None:
    poll = Poll.open(world)
    first = await poll.cast(await poll.paper_of(await poll.voter()), 3, 5)
    changed = await poll.cast(first, 1)
    assert "已改好，按这次的计票：选了 1" in changed.text
    assert "改成这样" in changed.text
    assert RECEIPT.findall(changed.text) != RECEIPT.findall(first.text)
    assert poll.in_the_box() == (1, 2)


async def test_the_same_again_changes_nothing(world: World) -> None:
    poll = Poll.open(world)
    first = await poll.cast(await poll.paper_of(await poll.voter()), 3, 5)
    again = await poll.cast(first, 3, 5)
    assert "和上次选的一样" in again.text
    assert RECEIPT.findall(again.text) == RECEIPT.findall(first.text)
    assert poll.in_the_box() == (1, 1)


async def test_opening_changes_nothing_whatever_the_address_says(world: World) -> None:
    poll = Poll.open(world)
    person = await poll.voter()
    for words in ("", "?news=counted", "?c3=for&token=x", "?news=changed&from=singlemessage"):
        page = await world.phone_of(person).open(poll.path + words)
        assert "您还没有投票" in page.text
    head = await world.phone_of(person).browser.head(poll.path)
    assert head.status_code in (200, 401)
    assert poll.in_the_box() == (0, 0)


async def test_who_comes_by_a_link_is_counted_but_not_told_apart(world: World) -> None:
    poll = Poll.open(world)
    person = await poll.voter()
    await poll.cast(await poll.paper_of(person), 3, 5)
    await world.phone_of(person).open(poll.path + "?from=singlemessage")
    await world.installation.openings.write()
    with world.database.reading() as session:
        assert [(one.page, one.total) for one in session.scalars(select(Opening))] == [(poll.path, 2)]


async def test_opinions_are_kept_with_the_ballot_and_may_be_taken_back(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    said = "多放些</textarea><b>新书</b> & 报纸\r\n还有杂志"
    done = await poll.cast(page, 1, o1=said, o2="  ")
    assert "您写的 1 条意见也保存了" in done.text
    assert done.fields["o1"].strip() == said.replace("\r\n", "\n")
    assert "<b>" not in done.answer.text
    gone = await poll.cast(done, 1, o1="")
    assert gone.fields["o1"].strip() == ""
    assert "意见也保存了" not in gone.text


@pytest.mark.parametrize(
    ("numbers", "told"), [((), "您还没有选"), ((1, 2, 3, 4), "请去掉 1 项"), ((1, 99), "选票上没有 99 号")]
)
async def test_what_can_be_mended_is_shown_as_it_was_left(
    world: World, numbers: tuple[int, ...], told: str
) -> None:
    poll = Poll.open(world)
    refused = await poll.cast(await poll.paper_of(await poll.voter()), *numbers, o7="说得通")
    assert refused.answer.status_code == 422
    assert told in refused.text
    assert "还没有计票" in refused.text
    assert set(ticked(refused)) == {number for number in numbers if number != 99}
    assert refused.fields["o7"].strip() == "说得通"
    assert poll.in_the_box() == (0, 0)


async def test_a_bad_change_leaves_the_ballot_that_counts(world: World) -> None:
    poll = Poll.open(world)
    first = await poll.cast(await poll.paper_of(await poll.voter()), 3, 5)
    refused = await poll.cast(first, 1, 2, 3, 4)
    assert "现在计票的还是上一次的：选了 3、5" in refused.text
    assert poll.in_the_box() == (1, 1)


async def test_an_opinion_that_is_too_long_is_not_lost(world: World) -> None:
    poll = Poll.open(world)
    refused = await poll.cast(await poll.paper_of(await poll.voter()), 3, o3="好" * 501)
    assert refused.answer.status_code == 422
    assert "3 号的意见最多写 500 个字，现在有 501 个" in refused.text
    assert refused.fields["o3"].strip() == "好" * 501
    assert ticked(refused) == {3: "for"}


async def test_yes_no_abstain_asks_a_word_to_each(world: World) -> None:
    poll = Poll.open(world, ballot_type="yes_no_abstain", min_choices=0, max_choices=8)
    page = await poll.paper_of(await poll.voter())
    assert ticked(page) == {}
    half = {"token": page.fields["token"], "c1": "for", "c2": "against"}
    refused = await poll.send(page.view, half)
    assert "还有 6 项没有表态" in refused.text
    assert ticked(refused) == {1: "for", 2: "against"}
    whole = half | {f"c{number}": "none" for number in range(3, 9)}
    done = await poll.send(page.view, whole)
    assert "赞成 1，反对 2，弃权 3、4、5、6、7、8" in done.text
    assert ticked(done)[8] == "none"


async def test_each_voter_has_an_order_of_their_own_that_can_be_drawn_again(world: World) -> None:
    poll = Poll.open(world)
    pages = [await poll.paper_of(await poll.voter(name)) for name in ("张三", "李四", "王五")]
    assert len({tuple(order_of(page)) for page in pages}) > 1
    with world.database.reading() as session:
        seed = session.get_one(Round, poll.round_id).seed
    for page in pages:
        [code] = set(re.findall(r"排列码是 ([0-9A-F]{8})", page.text))
        assert order_of(page) == shuffled(range(1, 9), seed, code)
        assert seed in page.text


async def test_the_code_of_an_order_leads_to_nobody_in_the_box(world: World) -> None:
    poll = Poll.open(world)
    done = await poll.cast(await poll.paper_of(await poll.voter()), 3)
    [code] = set(re.findall(r"排列码是 ([0-9A-F]{8})", done.text))
    with world.database.reading() as session:
        voters = session.execute(queries.VOTERS.select()).all()
    assert not any(code.lower() in row.voter.hex() for row in voters)


async def test_five_hundred_posts_of_one_voter_leave_one_ballot(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    fields = page.fields | {"c3": "for", "c5": "for"}
    answers = await asyncio.gather(*(poll.send(page.view, fields) for _ in range(500)))
    assert {answer.answer.status_code for answer in answers} == {200}
    assert poll.in_the_box() == (1, 1)
    assert len({receipt for answer in answers for receipt in RECEIPT.findall(answer.text)}) == 1


async def test_different_ballots_at_once_leave_one_that_counts(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    sent = [page.fields | {f"c{number}": "for"} for number in range(1, 9)]
    await asyncio.gather(*(poll.send(page.view, fields) for fields in sent))
    assert poll.in_the_box() == (1, 8)
    poll.close()
    with world.database.reading() as session:
        box = session.get_one(Box, poll.round_id)
        assert box.counted is not None
        assert len(box.counted) == 16


async def test_nobody_changes_their_mind_without_end(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    for time in range(50):
        page = await poll.cast(page, 1 + time % 2)
        world.clock.advance(seconds=10)
    refused = await poll.cast(page, 8)
    assert refused.answer.status_code == 409
    assert "您改得太多次了" in refused.text
    assert refused.markup.links["重新打开选票"] == poll.path


@pytest.mark.parametrize(("turnout", "shown"), [(Turnout.EVERYONE, True), (Turnout.OPERATORS, False)])
async def test_how_many_have_voted_is_told_only_if_that_was_said(
    world: World, turnout: Turnout, shown: bool
) -> None:
    poll = Poll.open(world, turnout=turnout)
    await poll.cast(await poll.paper_of(await poll.voter("张三")), 3)
    world.clock.advance(minutes=1)
    page = await poll.paper_of(await poll.voter("李四"))
    assert ("已经有 1 人投票" in page.text) is shown


async def test_a_long_text_has_a_page_of_its_own(world: World) -> None:
    poll = Poll.open(world)
    long = STEPS * 370
    for number in (1, 2, 3):
        poll.describe(number, summary=long, department="区总工会权益部")
    page = await poll.paper_of(await poll.voter())
    assert long not in page.text
    assert "区总工会权益部" in page.text
    whole = await page.view.open(page.markup.links["看全文"])
    assert long in whole.text
    assert whole.markup.links["回到选票"] == poll.path
    assert (await page.view.open(f"{poll.path}/99")).answer.status_code == 404


async def test_the_whole_page_is_light(world: World) -> None:
    poll = Poll.open(world, titles=[f"为户外职工建第{number}个接力站" for number in range(1, 21)])
    for number in range(1, 21):
        poll.describe(number, summary=STEPS * 120, expected_outcome="一年见效。" * 100)
    page = await poll.paper_of(await poll.voter())
    files = [await page.view.browser.get(address) for address in FIXED_FILE.findall(page.answer.text)]
    assert len(files) == 6
    assert sum(len(part.content) for part in (page.answer, *files)) < 100_000
