"""The public page once the year's projects are released: they come first; before, nobody sees a word of them."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from app.database import Database
from app.h5.results import FRESH, standing_alone
from app.projects import choosing, previewing
from app.statistics.results import published
from models import Follower, Proposal
from tests.app.ballots.station import Station, furnish_station
from tests.app.h5.conftest import World
from tests.app.h5.markup import Markup
from tests.app.projects.chamber import TEXT, Chamber
from tests.fixtures.clocks import SteppingClock

RESULTS = "/h5/results/2018"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def database(database: Database, clock: SteppingClock) -> Database:
    furnish_station(database, clock)
    return database


def at_chamber(world: World, *work: Callable[[Chamber], object]) -> None:
    with world.database.writing() as session:
        chamber = Chamber(Station(session, world.clock, world.installation.keyring))
        for step in work:
            step(chamber)


async def ask(world: World, path: str = RESULTS, seal: str | None = None) -> httpx.Response:
    """By a browser outside WeChat; with a `seal` the preview is posted."""
    transport = httpx.ASGITransport(world.service)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as browser:
        return await (browser.get(path) if seal is None else browser.post(path, data={"seal": seal}))


def words_of(answer: httpx.Response) -> str:
    return " ".join(Markup(answer.text).text.split())


async def test_before_the_release_the_page_stays_as_it_was(world: World) -> None:
    at_chamber(world, Chamber.vote)
    before = (await ask(world)).text
    at_chamber(world, lambda chamber: chamber.choose(1, 2), Chamber.write, Chamber.submit)
    world.clock.advance(seconds=FRESH.total_seconds())
    assert (await ask(world)).text == before


async def test_afterwards_the_projects_come_first(world: World) -> None:
    def describe(chamber: Chamber) -> None:
        [one] = chamber.choose(2)
        changes = {"department": EVIL, "summary": f"热水\n{EVIL}"}
        by, clock = chamber.account("campaigner"), world.clock
        choosing.edit(chamber.station.session, one.id, changes, by=by, clock=clock)

    at_chamber(world, Chamber.vote, describe, lambda chamber: chamber.released(1))
    answer = await ask(world)
    text = words_of(answer)
    assert EVIL not in answer.text
    order = (
        TEXT.title,
        "2 项实事项目",
        "户外职工接力站",
        "服务人次",
        "由 1 条建议而来",
        "职工书屋",
        "投票结果",
    )
    found = [text.index(words) for words in order]
    assert found == sorted(found)
    assert "投票得了 7 票，在 8 个候选项目里排第 2。" in text
    assert "SS2018-0002" in text
    assert text.startswith("实事项目公布")


async def test_the_file_for_the_unions_website_has_them_too(world: World) -> None:
    at_chamber(world, Chamber.vote, lambda chamber: chamber.released(1))
    installation = world.installation
    with world.database.reading() as session:
        campaign = Chamber(Station(session, world.clock, installation.keyring)).campaign
        shown = published(session, campaign, installation.keyring, world.clock)
    assert TEXT.title in standing_alone(shown, installation.settings.zone)


async def test_a_preview_is_the_page_as_it_will_be(world: World) -> None:
    at_chamber(world, Chamber.vote, lambda chamber: chamber.choose(1, 3), Chamber.write)
    seal = previewing.seal(world.installation.keyring, "2018", world.clock.wall())
    early = await ask(world, f"{RESULTS}/preview", seal)
    assert early.status_code == 200
    assert "这是预览，还没有公布" in early.text
    assert TEXT.title not in (await ask(world)).text, "a preview is kept nowhere"
    at_chamber(world, Chamber.submit, Chamber.release)
    world.clock.advance(seconds=FRESH.total_seconds())
    page = words_of(await ask(world))
    for words in words_of(early).split():
        assert words in page or "预览" in words or "公布以后" in words, words


@pytest.mark.parametrize("seal", ["", "x", "9999999999.", "9999999999." + "0" * 32, "٣.x", "9" * 400])
async def test_without_a_seal_of_the_console_there_is_no_preview(world: World, seal: str) -> None:
    at_chamber(world, Chamber.vote, lambda chamber: chamber.choose(1), Chamber.write)
    answer = await ask(world, f"{RESULTS}/preview", seal)
    assert answer.status_code == 403
    assert TEXT.title not in answer.text


async def test_a_seal_opens_one_campaign_for_a_short_while(world: World) -> None:
    at_chamber(world, Chamber.vote, lambda chamber: chamber.choose(1))
    now = world.clock.wall()
    seal, others = (previewing.seal(world.installation.keyring, key, now) for key in ("2018", "2019"))
    assert (await ask(world, f"{RESULTS}/preview", others)).status_code == 403
    world.clock.advance(seconds=previewing.VALID.total_seconds() + 1)
    assert (await ask(world, f"{RESULTS}/preview", seal)).status_code == 403


async def test_nothing_changes_by_looking(world: World) -> None:
    assert (await ask(world, f"{RESULTS}/preview")).status_code == 405


async def test_a_proposal_says_that_it_is_a_project_now(world: World) -> None:
    person = world.worker()
    await world.says(person, "我的提案")

    def own(chamber: Chamber) -> None:
        session = chamber.station.session
        follower = session.query(Follower).where(Follower.openid == person.openid).one()
        session.query(Proposal).where(Proposal.number == "SS2018-0003").one().follower_id = follower.id

    at_chamber(world, Chamber.vote, own, lambda chamber: chamber.choose(1, 3), Chamber.write, Chamber.submit)
    assert "实事项目！" not in await world.says(person, "进度 SS2018-0003")
    at_chamber(world, Chamber.release)
    world.clock.advance(seconds=timedelta(seconds=1).total_seconds())
    assert "排第 3。已经列为第 2 项实事项目！" in await world.says(person, "进度 SS2018-0003")
    assert "已经列为第 2 项实事项目！" in (await world.phone_of(person).open("/h5/mine")).text
