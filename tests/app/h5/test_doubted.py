"""What a ballot leaves behind, how fast one may vote, what is read by a voter whose ballot is struck out."""

import asyncio
import re

import httpx
from sqlalchemy import select

from app.crypto import Keyring
from app.h5 import pacing
from app.h5.pacing import FAILURES_A_MINUTE, Pace
from app.h5.vote_form import seconds_open, stamped
from models import Trace
from tests.app.h5.conftest import World
from tests.app.h5.polls import Poll
from tests.app.h5.test_signing_in import come_back, step
from tests.fixtures.clocks import SteppingClock

RECEIPT = re.compile(r"(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}")


def traces(world: World) -> list[tuple[bytes | None, int | None]]:
    with world.database.reading() as session:
        return [(one.address, one.seconds) for one in session.scalars(select(Trace).order_by(Trace.seq))]


async def test_a_ballot_leaves_how_long_it_was_open_and_a_hash_of_the_address(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    world.clock.advance(seconds=42)
    page = await poll.cast(page, 3)
    world.clock.advance(seconds=2)
    await poll.cast(page, 4)
    (first, slow), (second, quick) = traces(world)
    assert (slow, quick) == (42, 2)
    assert first == second
    assert first is not None
    assert len(first) == 8


async def test_what_says_when_it_was_opened_is_ours_or_nothing_and_refuses_nobody(world: World) -> None:
    poll = Poll.open(world)
    page, other = await poll.paper_of(await poll.voter("张三")), await poll.paper_of(await poll.voter("李四"))
    for place, forged in enumerate(("", "0.0", "é", other.fields["opened"], "9" * 400), start=1):
        done = await poll.cast(page, place, opened=forged)
        assert "已计票" in done.text
    assert [seconds for _, seconds in traces(world)] == [None] * 5


async def test_what_was_refused_counts_from_the_first_opening(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    world.clock.advance(seconds=30)
    refused = await poll.cast(page)
    assert refused.answer.status_code == 422
    world.clock.advance(seconds=1)
    await poll.cast(refused, 3)
    assert traces(world)[0][1] == 31


def test_a_stamp_is_for_one_form_and_survives_a_change_of_the_secret(clock: SteppingClock) -> None:
    old, now = Keyring("a secret"), clock.wall()
    stamp = stamped(old, "token", now)
    assert seconds_open(old, "token", stamp, now) == 0
    assert seconds_open(old, "another", stamp, now) is None
    assert seconds_open(old, "token", stamp.replace("1", "2", 1), now) is None


async def test_who_posts_too_fast_waits_a_minute_and_nobody_else(world: World, clock: SteppingClock) -> None:
    poll = Poll.open(world)
    page, other = await poll.paper_of(await poll.voter("张三")), await poll.paper_of(await poll.voter("李四"))
    for each in range(10):
        page = await poll.cast(page, 1 + each % 8)
    refused = await poll.cast(page, 3)
    assert refused.answer.status_code == 429
    assert "请过一分钟再打开选票" in refused.text
    assert refused.markup.links["重新打开选票"] == poll.path
    assert poll.in_the_box() == (1, 10)
    assert "谢谢您，已计票" in (await poll.cast(other, 3)).text
    clock.advance(seconds=60)
    assert "已改好" in (await poll.cast(page, 3)).text


async def test_the_same_again_is_not_counted_but_a_flood_is(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    fields = page.fields | {"c3": "for"}
    for _ in range(30):
        assert (await poll.send(page.view, fields)).answer.status_code == 200
    for _ in range(pacing.POSTS_A_MINUTE - 30):
        await page.view.browser.post(poll.path, data=fields, follow_redirects=False)
    assert (await poll.send(page.view, fields)).answer.status_code == 429


async def test_invented_codes_from_an_address_stop_and_who_is_signed_in_votes_on(world: World) -> None:
    poll = Poll.open(world)
    voter = await poll.paper_of(await poll.voter("张三"))
    attacker = world.phone_of(await poll.voter("李四")).browser
    colleague = world.phone_of(await poll.voter("王五")).browser
    back = httpx.URL(await come_back(attacker, poll.path))
    invented = (str(back.copy_set_param("code", f"invented{each}")) for each in range(FAILURES_A_MINUTE + 1))
    answers = await asyncio.gather(*(step(attacker, address) for address in invented))
    assert {answer.status_code for answer in answers} == {403}
    refused = await step(attacker, str(back.copy_set_param("code", "one more")))
    assert refused.status_code == 429
    assert "请过一分钟再试" in refused.text
    assert "已计票" in (await poll.cast(voter, 3)).text
    address = await come_back(colleague, poll.path)
    assert (await step(colleague, address)).status_code == 429
    world.clock.advance(seconds=60)
    assert (await step(colleague, await come_back(colleague, poll.path))).status_code == 303


def test_a_pace_knows_no_end_of_people_and_no_limit_is_none(clock: SteppingClock) -> None:
    pace, free = Pace(2, clock), Pace(0, clock)
    for who in range(pacing.KNOWN_LIMIT + 10):
        for _ in range(3):
            pace.count(who)
        free.count("one")
    assert pace.is_exceeded(0)
    assert not pace.is_exceeded(pacing.KNOWN_LIMIT + 5)
    assert not free.is_exceeded("one")
    clock.advance(seconds=60)
    assert not pace.is_exceeded(0)


async def test_a_voter_whose_ballot_is_struck_out_reads_why_and_votes_anew(world: World) -> None:
    poll = Poll.open(world)
    person = await poll.voter()
    first = await poll.cast(await poll.paper_of(person), 3)
    receipt = RECEIPT.findall(first.text)[0]
    poll.strike_out(receipt)
    page = await first.view.open(f"{poll.path}?news=counted")
    assert "您的这张选票没有计票：不是本人投的。" in page.text
    assert "您可以在下面重新投一次" in page.text
    assert receipt in page.text
    assert "已计票" not in page.text
    said = await world.says(person, "我的选票")
    assert "您的这张选票没有计票：不是本人投的。您可以重新投一次" in said
    assert "选了 3（没有计票：不是本人投的）" in await world.says(person, "导出我的资料")
    done = await poll.cast(page, 3)
    assert "谢谢您，已计票：选了 3" in done.text
    assert "没有计票" not in await world.says(person, "我的选票")
    poll.strike_out(RECEIPT.findall(done.text)[0])
    poll.close()
    over = await done.view.open(poll.path)
    assert "您的这张选票没有计票：不是本人投的。" in over.text
    assert "投票已经截止。您的这张选票没有计票" in await world.says(person, "我的选票")


async def test_ballots_that_do_not_count_are_public_in_number_and_reason(world: World) -> None:
    poll = Poll.open(world)
    for name in ("张三", "李四", "王五"):
        page = await poll.cast(await poll.paper_of(await poll.voter(name)), 2)
    receipt = RECEIPT.findall(page.text)[0]
    poll.strike_out(receipt)
    poll.close()
    poll.publish()
    assert traces(world) == []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world.service), base_url="http://x") as browser:
        text = (await browser.get("/h5/results/2018")).text
    assert "有 1 张选票没有计票：1 张不是本人投的。每一张都由一位工作人员提出、另一位同意。" in text
    assert receipt not in text
