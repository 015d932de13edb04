"""A unit's opinion in any browser, by its link alone."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select

from app.ballots import queries, unit_links, unit_opinions
from app.ballots.unit_rules import Said, UnitStance
from app.h5.vote_over import BESIDE_PAPER
from models import Ballot
from tests.app.ballots.papers import both_type, opened_with_clerks, paper
from tests.app.ballots.station import Station, furnish_station
from tests.app.h5.conftest import World
from tests.app.h5.markup import Markup
from tests.app.h5.polls import Poll

UNIT = "殷行街道总工会"
EVIL = "</textarea><script>alert(1)</script>"


@pytest.fixture
def poll(world: World) -> Poll:
    return Poll.open(world)


def link(poll: Poll) -> str:
    """The path of a link that was made for the unit."""
    world = poll.world
    with world.database.writing() as session:
        station = Station(session, world.clock, world.installation.keyring)
        by = station.room.account("campaigner")
        made = unit_links.make(session, poll.round_id, [UNIT], by=by, clock=world.clock)
    return f"/h5/unit/{poll.round_id}/{made.secrets[UNIT]}"


def said(poll: Poll) -> dict[int, Said]:
    world = poll.world
    with world.database.reading() as session:
        view = queries.by_id(session, poll.round_id, world.installation.keyring, world.clock.now())
        given = unit_opinions.of_unit(session, view, UNIT, world.installation.keyring)
        assert session.scalars(select(Ballot)).all() == []
    return dict(given.said) if given else {}


@pytest.fixture
async def desk(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser outside WeChat, in which nobody is signed in."""
    transport = httpx.ASGITransport(world.service)
    url = world.installation.settings.public_url
    async with httpx.AsyncClient(transport=transport, base_url=url, follow_redirects=True) as browser:
        yield browser


async def test_an_opinion_is_given_and_changed(poll: Poll, desk: httpx.AsyncClient) -> None:
    path = link(poll)
    blank = await desk.get(path)
    assert f"{UNIT}的集体意见（不是选票）" in blank.text
    assert "checked" not in blank.text
    saved = await desk.post(path, data={"c1": "for", "o1": EVIL, "c2": "", "o2": " ", "c3": "against"})
    assert "保存好了" in saved.text
    assert said(poll) == {1: Said(UnitStance.FOR, EVIL), 3: Said(UnitStance.AGAINST)}
    again = Markup((await desk.get(path)).text)
    assert (again.fields["c1"], again.fields["o1"].strip(), again.fields["c3"]) == ("for", EVIL, "against")
    assert EVIL not in saved.text
    await desk.post(path, data={**again.fields, "c1": "none"})
    assert said(poll)[1] == Said(UnitStance.NONE, EVIL)


async def test_the_page_is_kept_nowhere_and_sends_its_address_to_nobody(
    poll: Poll, desk: httpx.AsyncClient
) -> None:
    path = link(poll)
    for answer in (await desk.get(path), await desk.post(path, data={"c1": "for"}), await desk.post(path)):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert path.rsplit("/", 1)[1] not in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_nobody_knows_tells_nothing(poll: Poll, desk: httpx.AsyncClient, method: str) -> None:
    path = link(poll)
    wrong = (path[:-1], f"{path}x", path.replace("/unit/1/", "/unit/2/"), "/h5/unit/1/%ED%A0%80", "/h5/unit/1/%00")
    for each in (*wrong, path.replace("/unit/1/", f"/unit/{10**20}/")):
        answer = await desk.request(method, each, data={"c1": "for"} if method == "POST" else None)
        assert answer.status_code == 404, each
        assert "链接打不开" in answer.text
        assert UNIT not in answer.text


async def test_what_is_too_long_stays_to_be_mended(poll: Poll, desk: httpx.AsyncClient) -> None:
    refused = await desk.post(link(poll), data={"c2": "for", "o1": "长" * 501, "o3": "多些热水"})
    assert refused.status_code == 422
    assert "最多写 500 个字" in refused.text
    fields = Markup(refused.text).fields
    assert (fields["c2"], fields["o1"].strip(), fields["o3"].strip()) == ("for", "长" * 501, "多些热水")
    assert said(poll) == {}


async def test_after_the_close_it_is_read_and_what_came_late_can_be_copied(
    poll: Poll, desk: httpx.AsyncClient
) -> None:
    path = link(poll)
    await desk.post(path, data={"c1": "for", "o1": "多些热水"})
    poll.world.clock.advance(days=8)
    late = await desk.post(path, data={"o2": "来晚了的话"})
    assert late.status_code == 409
    for words in ("没有保存", "来晚了的话", "多些热水", "投票已经截止"):
        assert words in late.text
    read = await desk.get(path)
    assert (read.status_code, "多些热水" in read.text, "<textarea" in read.text) == (200, True, False)


async def test_before_the_opening_it_says_when(world: World, desk: httpx.AsyncClient) -> None:
    poll = Poll.composed(world)
    path = link(poll)
    assert "还没有开始" in (await desk.get(path)).text
    assert (await desk.post(path, data={"c1": "for"})).status_code == 409


async def test_the_public_reads_counts_and_masked_words_once_it_is_published(
    poll: Poll, desk: httpx.AsyncClient
) -> None:
    path = link(poll)
    await desk.post(path, data={"c1": "for", "o1": "多些热水，有事打 13800001234"})
    poll.close()
    poll.publish()
    page = (await desk.get("/h5/results/2018")).text
    text = re.sub(r"<[^>]+>", "", page)
    for words in ("各级工会的意见（1 个单位）", "赞成 1 个", "多些热水，有事打 〔号码略〕", "不算在票数里"):
        assert words in text
    assert "13800001234" not in page
    assert UNIT not in page


async def test_who_voted_on_paper_reads_so_on_the_phone(world: World) -> None:
    furnish_station(world.database, world.clock)
    with world.database.writing() as session:
        station = Station(session, world.clock, world.installation.keyring)
        round = opened_with_clerks(station)
        poll = Poll(world, round.id)
    person = await poll.voter()
    asked = await world.phone_of(person).open(f"/h5/register/{poll.round_id}")
    ballot = await asked.press(card="A001", name="张三")
    with world.database.writing() as session:
        station = Station(session, world.clock, world.installation.keyring)
        both_type(station, queries.row(session, poll.round_id), paper(1, 2))
    refused = await poll.cast(ballot, 3)
    assert refused.answer.status_code == 409
    assert BESIDE_PAPER in refused.text
    told = await poll.paper_of(person)
    assert (told.answer.status_code, "您已经用纸质选票投过票" in told.text) == (200, True)
    assert "选的是什么，手机上不显示" in told.text
    assert "选了 1、2" not in told.text
    assert "纸质选票" in await world.says(person, "投 3")
    offered = await world.says(person, "投票")
    assert "纸质选票已经录入、计票。一人一票，手机上不能再投。" in offered
    assert "选了 1、2" not in offered
    assert "想改" not in offered
    assert poll.in_the_box() == (1, 1)
