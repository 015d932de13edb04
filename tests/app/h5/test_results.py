"""The published result in a plain browser, as a file, and what proposals say of it."""

import re
from datetime import timedelta

import httpx
import pytest

from app.campaigns import queries as campaigns
from app.database import Database
from app.h5.results import FRESH, standing_alone
from app.statistics.results import published
from models import Follower, Proposal, Round
from models.enums import RoundState
from tests.app.ballots.station import Station, furnish_station
from tests.app.h5.conftest import World
from tests.app.h5.markup import Markup
from tests.fixtures.clocks import SteppingClock

OPINIONS = ("多放些热水，“越烫越好”", "<b>我叫王建国</b>，打13800138000", "多放点热水")
BUDGET = 100_000  # bytes of a page with all it needs


@pytest.fixture
def database(database: Database, clock: SteppingClock) -> Database:
    """Twenty candidates, while opinions are asked."""
    furnish_station(database, clock, [f"为户外职工办第{number}件实事" for number in range(1, 21)])
    return database


def vote(world: World, state: RoundState, **changes: object) -> None:
    """A round with three ballots, as far as `state`."""
    with world.database.writing() as session:
        station = Station(session, world.clock, world.installation.keyring)
        round = station.opened(**changes)
        for number, opinion in enumerate(OPINIONS, start=1):
            station.votes(f"第{number}位", round, 1, number + 1, opinions={1: opinion})
        if state is not RoundState.OPEN:
            station.closed(round)
        if state is RoundState.PUBLISHED:
            station.published(round)


async def opened(world: World, path: str = "/h5/results/2018") -> httpx.Response:
    """By a browser outside WeChat that nobody is signed in with."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(world.service), base_url="http://x.test"
    ) as browser:
        return await browser.get(path)


async def test_everybody_reads_it_once_it_is_published(world: World) -> None:
    vote(world, RoundState.PUBLISHED)
    answer = await opened(world)
    assert answer.status_code == 200
    page = Markup(answer.text)
    for words in ("投票结果", "为户外职工办第1件实事", "3 票，投票的人里有 100.0% 选了它", "职工的意见（3 条）"):
        assert words in " ".join(page.text.split()), words
    assert "set-cookie" not in answer.headers
    assert 'aria-label="得票率 100.0%"' in answer.text


async def test_what_people_wrote_is_neither_markup_nor_a_way_to_them(world: World) -> None:
    vote(world, RoundState.PUBLISHED)
    answer = await opened(world)
    assert "&lt;b&gt;我叫〔姓名略〕&lt;/b&gt;，打〔号码略〕" in answer.text
    assert not any(secret in answer.text for secret in ("王建国", "13800138000", "oWorker"))


async def test_three_words_of_each_candidate_stand_as_text(world: World) -> None:
    vote(world, RoundState.PUBLISHED, ballot_type="yes_no_abstain", max_choices=20)
    text = " ".join(Markup((await opened(world)).text).text.split())
    assert "赞成 3 票 100.0% 反对 0 票 0.0% 弃权 0 票 0.0%" in text


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.CLOSED])
async def test_before_that_every_state_looks_the_same(world: World, state: RoundState) -> None:
    none = await opened(world)
    vote(world, state)
    early = await opened(world)
    assert (early.status_code, none.status_code) == (403, 403)
    assert early.text == none.text
    assert "还没有公布" in early.text
    world.clock.advance(seconds=timedelta(days=30).total_seconds())
    assert (await opened(world)).text == none.text


async def test_confirmed_is_not_published(world: World) -> None:
    none = await opened(world)
    vote(world, RoundState.PUBLISHED)
    with world.database.writing() as session:
        session.query(Round).one().state = RoundState.CONFIRMED
    assert (await opened(world)).text == none.text


@pytest.mark.parametrize("key", ["2017", "%00", "2018%00", "%3Cb%3E", "x" * 500])
async def test_an_unknown_campaign_is_told_kindly(world: World, key: str) -> None:
    answer = await opened(world, f"/h5/results/{key}")
    assert answer.status_code in (403, 404)
    assert "<b>" not in answer.text
    assert "/h5/mine" not in answer.text, "who comes from outside has nothing there"


async def test_a_page_of_twenty_candidates_is_small(world: World) -> None:
    vote(world, RoundState.PUBLISHED)
    answer = await opened(world)
    fixed = [await opened(world, path) for path in re.findall(r'(?:href|src)="(/h5/static/[^"]+)"', answer.text)]
    assert all(one.status_code == 200 for one in fixed)
    assert len(answer.content) + sum(len(one.content) for one in fixed) < BUDGET


async def test_a_second_round_is_seen_soon(world: World) -> None:
    vote(world, RoundState.PUBLISHED, title="第一轮")
    assert "第一轮" in (await opened(world)).text
    vote(world, RoundState.PUBLISHED, title="第二轮")
    world.clock.advance(seconds=FRESH.total_seconds())
    assert (await opened(world)).text.index("第二轮") < (await opened(world)).text.index("第一轮")


async def test_the_file_needs_nothing_but_itself(world: World) -> None:
    vote(world, RoundState.PUBLISHED)
    installation = world.installation
    with world.database.reading() as session:
        campaign = campaigns.by_key(session, "2018", world.clock)
        shown = published(session, campaign, installation.keyring, world.clock)
    alone = standing_alone(shown, installation.settings.zone)
    assert not re.search(r"(?:src|href|action)=|url\(|@import|https?:|<script", alone)
    assert len(alone.encode()) < BUDGET
    served = Markup((await opened(world)).text).text
    assert " ".join(served.split()).removeprefix("投票结果 ") in " ".join(Markup(alone).text.split())


async def test_a_proposal_tells_where_it_stands_on_the_list(world: World) -> None:
    person = world.worker()
    assert "号候选项目" not in await world.says(person, "进度 SS2018-0001")
    vote(world, RoundState.CLOSED)
    assert "号候选项目" not in await world.says(person, "进度 SS2018-0001")
    with world.database.writing() as session:
        Station(session, world.clock, world.installation.keyring).published(session.query(Round).one())
    told = await world.says(person, "进度 SS2018-0001")
    assert "它写进了 1 号候选项目《为户外职工办第1件实事》，投票得了 3 票，在 20 个项目里排第 1。" in told
    assert "/h5/results/2018" in told


async def test_ones_own_page_tells_it_too(world: World) -> None:
    person = world.worker()
    await world.says(person, "我的提案")
    with world.database.writing() as session:
        follower = session.query(Follower).where(Follower.openid == person.openid).one()
        session.query(Proposal).where(Proposal.number == "SS2018-0001").one().follower_id = follower.id
    vote(world, RoundState.PUBLISHED)
    phone = world.phone_of(person)
    for path in ("/h5/mine", "/h5/mine/SS2018-0001"):
        page = await phone.open(path)
        assert "写进了 1 号候选项目《为户外职工办第1件实事》" in page.text
        assert page.markup.links["看全部结果"] == "/h5/results/2018"
