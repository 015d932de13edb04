"""A reminder to those who have not voted, by a tag: nothing of it says so, and it does not stay."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.ballots import queries as rounds
from app.ballots.booth import Booth
from app.ballots.choices import Stance
from app.broadcasts import composing
from app.broadcasts.audiences import Audience
from app.broadcasts.desk import Desk
from app.broadcasts.driving import Driver
from app.broadcasts.rules import BroadcastText
from app.crypto import Keyring
from app.database import Database
from app.followers import tags
from app.followers.sync import Sync
from app.settings import AccountKind, Settings
from app.wechat.client import WeChatClient
from app.writer import Writer
from models import Action, Follower, FollowerTag, Round
from models.enums import BallotWay, BroadcastKind
from tests.app.ballots.station import Station, furnish_station
from tests.app.broadcasts.conftest import accepted, broadcast
from tests.fixtures.clocks import SteppingClock
from tests.standin.platform import Platform

People = Callable[[int], list[str]]
TELLING = ("投票", "没", "未", "voted", "催", "提醒")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    account = settings.wechat.model_copy(update={"account_kind": AccountKind.SUBSCRIPTION})
    return settings.model_copy(update={"wechat": account})


@pytest.fixture
def reminded(database: Database, clock: SteppingClock, keyring: Keyring, people: People) -> tuple[int, list[str]]:
    """The round, and those of ten who have not voted in it."""
    furnish_station(database, clock)
    openids = people(10)
    with database.writing() as session:
        station = Station(session, clock, keyring)
        round = station.opened()
        for openid in openids[:4]:
            _votes(station, round, openid)
        return round.id, openids[4:]


def released(database: Database, desk: Desk, round_id: int, clock: SteppingClock) -> tuple[int, str]:
    """The reminder, and what the plan warned of."""
    text = BroadcastText(
        "催一催", BroadcastKind.VOTE, "mass", Audience("not_voted", str(round_id)), {"text": "请投票"}
    )
    with database.writing() as session:
        room = Station(session, clock, desk.terms.keyring).room
        campaigner, approver = room.account("campaigner"), room.account("approver")
        kind = desk.settings.wechat.account_kind
        made = composing.compose(session, "2018", text, by=campaigner, kind=kind, clock=clock)
        composing.submit(session, made.id, by=campaigner, clock=clock)
        warnings = "".join(desk.plan(session, made).warnings)
        desk.approve(session, made.id, by=approver)
        return made.id, warnings


async def test_a_reminder_by_tag_says_of_nobody_that_they_have_not_voted(
    driver: Driver,
    reminded: tuple[int, list[str]],
    platform: Platform,
    database: Database,
    settings: Settings,
    keyring: Keyring,
    clock: SteppingClock,
    wechat_client: WeChatClient,
    writer: Writer,
) -> None:
    round_id, openids = reminded
    platform.stores.tags[100] = "环卫"
    made, warnings = released(database, Desk.of(settings, keyring, clock), round_id, clock)
    assert "看得到标签里有谁，也就知道谁还没有投票" in warnings
    await driver.round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids)
    (name,) = (name for tag, name in platform.stores.tags.items() if tag != 100)
    assert name.startswith(f"实事-推送{made}-")
    assert not any(word in name for word in TELLING)
    with database.reading() as session:
        assert not any(openid in str(row.detail) for row in session.scalars(select(Action)) for openid in openids)
        assert broadcast(database, made).state == "done"
    await Sync(wechat_client, writer, clock, lambda *_: None).run()
    with database.reading() as session:
        assert [tag.name for tag in tags.everyone(session)] == ["环卫"], "it is no group to choose"
        assert session.scalars(select(FollowerTag)).all() == [], "our own books know nobody by it"


def test_names_of_tags() -> None:
    names = {tags.temporary_name(2**31 - 1) for _ in range(50)}
    assert len(names) == 50, "what was left over from before is never taken for ours"
    assert all(tags.is_temporary(name) and len(name) <= 30 for name in names)
    assert not tags.is_temporary("实事-推送测试")


def _votes(station: Station, round: Round, openid: str) -> None:
    session = station.session
    follower_id = session.scalars(select(Follower.id).where(Follower.openid == openid)).one()
    person = rounds.people(session, [follower_id], station.view(round).fixed.electorate)[follower_id]
    booth = Booth.enter(session, round.id, [follower_id], station.keyring, station.clock)
    booth.cast(person, booth.round.slip.choices({1: Stance.FOR}), None, BallotWay.PAGE)
    booth.leave(session)
