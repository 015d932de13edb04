"""Who cannot vote, and when: each is told kindly why, and nothing is counted that should not be."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.ballots.electorate import Electorate
from app.database import Database
from app.settings import AccountKind
from models import Follower
from models.enums import PhaseKind
from tests.app.h5.conftest import Build, World
from tests.app.h5.polls import Poll
from tests.app.h5.test_signing_in import EXCHANGE, come_back, step
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import make_settings


async def test_before_the_opening_one_is_told_when(world: World, clock: SteppingClock) -> None:
    poll = Poll.released(world, opens_at=clock.now() + timedelta(hours=2))
    page = await poll.paper_of(await poll.voter())
    assert "投票还没有开始" in page.text
    assert "2017年12月1日12:00开始" in page.text
    clock.advance(hours=2)
    assert "您还没有投票" in (await page.view.open(poll.path)).text


async def test_a_draft_is_nothing_to_be_found(world: World) -> None:
    poll = Poll.composed(world)
    page = await poll.paper_of(await poll.voter())
    assert page.answer.status_code == 404
    assert "二〇一八年实事项目征求意见" not in page.text


@pytest.mark.parametrize("path", ["/h5/vote/999", f"/h5/vote/{2**31}", "/h5/vote/9" + "9" * 40, "/h5/vote/x"])
async def test_an_unknown_round_is_told_kindly(world: World, path: str) -> None:
    poll = Poll.open(world)
    phone = world.phone_of(await poll.voter())
    await phone.open(poll.path)
    page = await phone.open(path)
    assert page.answer.status_code == 404
    assert page.markup.text.strip()
    posted = await phone.browser.post(path, data={"c1": "for"})
    assert posted.status_code in (404, 405)


async def test_after_the_close_one_sees_what_was_counted(world: World) -> None:
    poll = Poll.open(world)
    voted = await poll.cast(await poll.paper_of(await poll.voter("张三")), 3, 5)
    idle = await poll.paper_of(await poll.voter("李四"))
    poll.close()
    after = await voted.view.open(poll.path)
    assert "投票已截止" in after.text
    assert "已计票：选了 3、5" in after.text
    assert "这一轮您没有投票" in (await idle.view.open(poll.path)).text


async def test_the_clock_closes_to_the_second(world: World, clock: SteppingClock) -> None:
    poll = Poll.open(world, closes_at=clock.now() + timedelta(hours=1))
    first = await poll.cast(await poll.paper_of(await poll.voter()), 3)
    clock.advance(hours=1, seconds=-1)
    first = await poll.cast(first, 4)
    clock.advance(seconds=1)
    late = await poll.cast(first, 1)
    assert late.answer.status_code == 409
    assert "刚才选的没有计票" in late.text
    assert "已计票：选了 4" in late.text
    assert poll.in_the_box() == (1, 2)


async def test_after_publication_nobody_knows_any_more(world: World) -> None:
    poll = Poll.open(world)
    voted = await poll.cast(await poll.paper_of(await poll.voter()), 3, 5)
    poll.close()
    poll.publish()
    after = await voted.view.open(poll.path)
    assert "票箱的钥匙就销毁了" in after.text
    assert "选了 3、5" not in after.text
    assert after.markup.links["看结果"] == "/h5/results/2018"
    assert (await poll.cast(voted, 1)).answer.status_code == 409


async def test_when_the_phase_is_over_nothing_is_taken(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    world.set_phase(PhaseKind.PUBLISHED)
    late = await poll.cast(page, 3)
    assert late.answer.status_code == 409
    assert "不再收票" in late.text
    assert poll.in_the_box() == (0, 0)


async def test_who_does_not_follow_is_asked_to(world: World) -> None:
    poll = Poll.open(world)
    person = world.platform.add_person("路人")
    page = await poll.paper_of(person)
    assert page.answer.status_code == 403
    assert "请先关注公众号" in page.text
    await world.platform.follow(person.openid)
    assert "您还没有投票" in (await page.view.open(poll.path)).text


async def test_who_left_the_account_does_not_vote(world: World) -> None:
    poll = Poll.open(world)
    person = await poll.voter()
    page = await poll.paper_of(person)
    world.clock.advance(seconds=1)
    await world.platform.unfollow(person.openid)
    assert (await poll.cast(page, 3)).answer.status_code == 401
    assert "请先关注公众号" in (await page.view.open(poll.path)).text
    assert poll.in_the_box() == (0, 0)


async def test_who_followed_too_late_is_thanked(world: World, clock: SteppingClock) -> None:
    poll = Poll.open(world, electorate=Electorate(followers_before=clock.now() - timedelta(days=1)))
    page = await poll.paper_of(await poll.voter())
    assert page.answer.status_code == 403
    assert "下次欢迎您来" in page.text


async def test_who_is_on_no_register_is_led_to_it(world: World) -> None:
    poll = Poll.of_a_register(world)
    page = await poll.paper_of(await poll.voter())
    assert page.answer.status_code == 403
    assert page.markup.links["去登记"] == f"/h5/register/{poll.round_id}"


async def test_a_link_that_was_passed_on_votes_for_whoever_opens_it(world: World) -> None:
    poll = Poll.open(world)
    mine = await poll.cast(await poll.paper_of(await poll.voter("张三")), 3, 5)
    friend = world.phone_of(await poll.voter("李四"))
    page = await friend.open(str(mine.answer.url))
    assert "您还没有投票" in page.text
    assert "凭证号：" not in page.text
    theirs = await poll.cast(page, 1)
    assert "已计票：选了 1。" in theirs.text
    assert "选了 3、5" in (await mine.view.open(poll.path)).text
    assert poll.in_the_box() == (2, 2)


async def test_a_form_of_somebody_else_counts_for_nobody(world: World) -> None:
    poll = Poll.open(world)
    mine = await poll.paper_of(await poll.voter("张三"))
    other = await poll.paper_of(await poll.voter("李四"))
    for token in (mine.fields["token"], "", "é"):
        refused = await poll.send(other.view, {"token": token, "c3": "for"})
        assert refused.answer.status_code == 403
        assert "刚才的没有计票" in refused.text
    assert poll.in_the_box() == (0, 0)


async def test_no_field_of_the_form_says_who_votes(world: World) -> None:
    poll = Poll.open(world)
    page, other = await poll.paper_of(await poll.voter("张三")), await poll.voter("李四")
    await poll.cast(page, 3, openid=other.openid, follower="2", follower_id="2")
    assert "您还没有投票" in (await poll.paper_of(other)).text


async def test_a_form_without_a_session_counts_for_nobody(world: World) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    page.view.browser.cookies.clear()
    refused = await poll.cast(page, 3)
    assert refused.answer.status_code == 401
    assert "刚才选的没有计票" in refused.text
    assert refused.markup.links["重新打开"] == poll.path
    assert poll.in_the_box() == (0, 0)


async def test_a_code_that_comes_twice_or_too_late_is_told_with_a_way_back(world: World) -> None:
    poll = Poll.open(world)
    for errcode, told in ((40163, "已用过"), (40029, "请")):
        phone = world.phone_of(await poll.voter())
        world.platform.refuse_next(EXCHANGE, errcode)
        page = await phone.open(poll.path)
        assert page.answer.status_code == 403
        assert told in page.text
        assert (await phone.open(page.markup.links["再试一次"])).path == poll.path


async def test_one_lands_on_the_round_one_wanted(world: World) -> None:
    poll = Poll.open(world)
    browser = world.phone_of(await poll.voter()).browser
    back = await come_back(browser, f"{poll.path}?from=groupmessage&isappinstalled=0")
    assert (await step(browser, back)).headers["location"] == poll.path


async def test_outside_wechat_the_way_in_is_told(world: World) -> None:
    poll = Poll.open(world)
    phone = world.phone_of(await poll.voter(), user_agent="Mozilla/5.0 (Windows NT 10.0)")
    page = await phone.open(poll.path)
    assert page.answer.status_code == 403
    assert "从菜单里点“投票”" in page.text


async def test_an_account_without_pages_votes_in_the_chat(world: World, build: Build, database: Database) -> None:
    poll = Poll.open(world)
    account = make_settings().wechat.model_copy(update={"account_kind": AccountKind.SUBSCRIPTION})
    url = database.url.render_as_string(hide_password=False)
    person = await poll.voter()
    world.service = build(make_settings(url, wechat=account))
    page = await poll.paper_of(person)
    assert page.answer.status_code == 403
    assert "回复“投票”" in page.text


async def test_somebody_who_got_the_number_of_an_erased_person_is_not_taken_for_them(world: World) -> None:
    poll = Poll.open(world)
    person = await poll.voter()
    page = await poll.paper_of(person)
    with world.database.writing() as session:
        session.execute(update(Follower).where(Follower.openid == person.openid).values(openid="o-else"))
    assert (await step(page.view.browser, poll.path)).status_code == 302
    assert (await poll.cast(page, 3)).answer.status_code == 401
    assert poll.in_the_box() == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"c1=for&c1=against&c1",
        b"&".join(b"c%d=for" % number for number in range(1000)),
        b"c99999999999999999999=for",
        "c１=for".encode(),
        b"o1=" + b"%E5%A5%BD" * 20_000,
    ],
)
async def test_whatever_is_sent_instead_of_a_form_is_answered(world: World, body: bytes) -> None:
    poll = Poll.open(world)
    page = await poll.paper_of(await poll.voter())
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for token in (b"", b"token=" + page.fields["token"].encode() + b"&"):
        answer = await page.view.browser.post(poll.path, content=token + body, headers=kind)
        assert 400 <= answer.status_code < 500
        assert re.search("[一-鿿]", answer.text)
    assert poll.in_the_box() == (0, 0)
