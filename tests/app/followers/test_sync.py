"""Reading all followers: resumable, linear, and nobody counts as gone without being asked about."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.followers import tags
from app.followers.sync import CHECKING, LISTING, SLICE, Report, Sync
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed
from app.writer import Writer
from models import Follower, FollowerTag, SyncCursor
from tests.fixtures.clocks import START, SteppingClock
from tests.standin.platform import Platform


@pytest.fixture
def sync(wechat_client: WeChatClient, writer: Writer, clock: SteppingClock) -> Sync:
    return Sync(wechat_client, writer, clock, forget)


def forget(session: Session, follower_id: int, openid: str) -> None:
    """As whoever erases does it: both must name the same person."""
    assert session.get_one(Follower, follower_id).openid == openid
    session.execute(delete(Follower).where(Follower.id == follower_id))


@pytest.fixture
def pages_of_seven(platform: Platform) -> None:
    platform.account.user_page = 7


def populate(platform: Platform, count: int) -> list[str]:
    return [platform.add_person(f"职工{n}", following=True).openid for n in range(count)]


def add(database: Database, *openids: str, subscribed: bool = True) -> None:
    with database.writing() as session:
        session.add_all(Follower(openid=o, subscribed=subscribed, created_at=START) for o in openids)


def following(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Follower.openid).where(Follower.subscribed)))


def known(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Follower.openid)))


async def test_everybody_is_there_afterwards(
    sync: Sync, platform: Platform, database: Database, pages_of_seven: None
) -> None:
    openids = populate(platform, 30)
    assert await sync.run() == Report(listed=30, left=0)
    assert following(database) == set(openids)


async def test_since_when_they_follow_is_noted(sync: Sync, platform: Platform, database: Database) -> None:
    person = platform.add_person("职工", following=True)
    person.followed_at = datetime(2017, 3, 1, tzinfo=UTC).timestamp()
    await sync.run()
    with database.reading() as session:
        assert session.scalar(select(Follower.subscribed_at)) == datetime(2017, 3, 1, tzinfo=UTC)


async def test_an_account_without_followers(sync: Sync, database: Database) -> None:
    assert await sync.run() == Report(0, 0)


async def test_those_who_left_are_erased_and_those_who_came_back_marked(
    sync: Sync, platform: Platform, database: Database
) -> None:
    stays, left, back = populate(platform, 3)
    platform.people[left].following = False
    add(database, stays, left)
    add(database, back, subscribed=False)
    assert await sync.run() == Report(listed=2, left=1)
    assert following(database) == known(database) == {stays, back}


async def test_one_openid_of_another_account_spoils_nothing(
    sync: Sync, platform: Platform, database: Database
) -> None:
    openids = populate(platform, 5)
    add(database, "o-of-another-account")
    assert await sync.run() == Report(listed=5, left=0, foreign=1)
    assert following(database) == set(openids)
    assert "o-of-another-account" in known(database)  # only marked: a wrong app id must not erase everybody


async def test_a_stop_loses_nothing_and_marks_nobody(
    sync: Sync, platform: Platform, database: Database, pages_of_seven: None, writer: Writer
) -> None:
    openids = populate(platform, 30)
    add(database, "o-left-long-ago")
    platform.quotas.per_day["/cgi-bin/user/get"] = 2
    with pytest.raises(CallFailed, match="今天的调用次数"):
        await sync.run()
    assert following(database) == {*openids[:14], "o-left-long-ago"}
    platform.quotas.per_day["/cgi-bin/user/get"] = 500
    platform.quotas.clear()
    assert await sync.run() == Report(listed=30, left=0, foreign=1)
    assert following(database) == set(openids)
    assert platform.quotas.used("/cgi-bin/user/get") == 4  # the pages that were missing and the empty one


async def test_a_stop_while_checking_goes_on_there(sync: Sync, platform: Platform, database: Database) -> None:
    populate(platform, SLICE + 20)
    platform.quotas.per_day["/cgi-bin/user/info/batchget"] = SLICE // 100
    with pytest.raises(CallFailed):
        await sync.run()
    platform.quotas.per_day["/cgi-bin/user/info/batchget"] = 500_000
    platform.quotas.clear()
    assert await sync.run() == Report(listed=SLICE + 20, left=0)
    assert platform.quotas.used("/cgi-bin/user/info/batchget") == 1


async def test_a_pass_left_lying_for_a_day_begins_anew(
    sync: Sync, platform: Platform, database: Database, clock: SteppingClock
) -> None:
    openids = populate(platform, 3)
    with database.writing() as session:
        session.add(SyncCursor(name=LISTING, cursor=openids[1], done=2, started_at=START, updated_at=START))
    clock.advance(hours=25)
    assert (await sync.run()).listed == 3


async def test_the_person_the_cursor_stood_on_may_be_gone(
    sync: Sync, platform: Platform, database: Database
) -> None:
    openids = populate(platform, 3)
    with database.writing() as session:
        session.add(SyncCursor(name=LISTING, cursor="o-gone", done=2, started_at=START, updated_at=START))
    await sync.run()
    assert following(database) == set(openids)


async def test_both_passes_end(sync: Sync, platform: Platform, database: Database) -> None:
    populate(platform, 3)
    await sync.run()
    with database.reading() as session:
        finished = select(func.count()).where(SyncCursor.finished_at.is_not(None))
        assert session.scalar(finished) == len({LISTING, CHECKING})


def tagged(database: Database) -> dict[str, set[int]]:
    with database.reading() as session:
        rows = session.execute(select(Follower.openid, FollowerTag.tag_id).join(FollowerTag))
        found: dict[str, set[int]] = {}
        for row in rows:
            found.setdefault(row.openid, set()).add(row.tag_id)
    return found


async def test_tags_are_as_the_platform_has_them(sync: Sync, database: Database, platform: Platform) -> None:
    first, second, _ = populate(platform, 3)
    platform.stores.tags.update({100: "环卫", 101: "教育"})
    platform.people[first].tags = [100, 101]
    platform.people[second].tags = [101]
    await sync.run()
    assert tagged(database) == {first: {100, 101}, second: {101}}
    with database.reading() as session:
        assert [tag.name for tag in tags.everyone(session)] == ["环卫", "教育"]
    platform.people[first].tags = [100]
    platform.people[second].tags = []
    del platform.stores.tags[101]
    await sync.run()
    assert tagged(database) == {first: {100}}
    with database.reading() as session:
        assert [tag.name for tag in tags.everyone(session)] == ["环卫"]


async def test_an_account_without_tags_is_read_all_the_same(sync: Sync, platform: Platform) -> None:
    populate(platform, 3)
    platform.refusals["/cgi-bin/tags/get"] += [48001]
    assert (await sync.run()).listed == 3
