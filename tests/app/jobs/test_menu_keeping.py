"""The menu follows the phase by itself: once over all processes, and not before somebody has published it."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.campaigns.service import load, set_phase
from app.database import Database
from app.followers.menu import menu_for
from app.jobs.menu_keeping import AFTER_FAILING, MenuKeeper
from app.wechat.client import WeChatClient
from app.writer import Call, Writer
from models import AccountMenu, Action
from models.enums import PhaseKind
from tests.crash.test_killed import DEFINITION
from tests.fixtures.clocks import SteppingClock
from tests.standin.platform import Platform

CREATE = "/cgi-bin/menu/create"
Turn = Callable[[PhaseKind], None]


@pytest.fixture
def keeper(wechat_client: WeChatClient, writer: Writer, clock: SteppingClock) -> MenuKeeper:
    return MenuKeeper(wechat_client, writer, clock)


@pytest.fixture
def turn(database: Database, clock: SteppingClock) -> Turn:
    with database.writing() as session:
        load(session, DEFINITION, actor="cli:tester", clock=clock)

    def to(phase: PhaseKind) -> None:
        with database.writing() as session:
            set_phase(session, DEFINITION.key, phase, "演练", actor="cli:tester", clock=clock)

    return to


async def published(keeper: MenuKeeper, phase: PhaseKind) -> None:
    await keeper.writer.ask(Call(lambda session: keeper.record(session, phase, True, actor="cli:tester")))


async def test_a_menu_that_is_not_ours_stays(keeper: MenuKeeper, platform: Platform, turn: Turn) -> None:
    turn(PhaseKind.OPINION)
    assert not await keeper.tend()
    assert platform.menu.buttons == []


async def test_without_a_campaign_there_is_nothing_to_do(keeper: MenuKeeper) -> None:
    assert not await keeper.tend()


async def test_it_changes_once_with_the_phase(
    keeper: MenuKeeper, platform: Platform, turn: Turn, database: Database
) -> None:
    await published(keeper, PhaseKind.COLLECTING)
    assert not await keeper.tend()
    turn(PhaseKind.OPINION)
    assert sorted(await asyncio.gather(*(keeper.tend() for _ in range(4)))) == [False, False, False, True]
    wanted = [button["name"] for button in menu_for(PhaseKind.OPINION)]
    assert [button["name"] for button in platform.menu.buttons] == wanted
    assert platform.quotas.used(CREATE) == 1
    with database.reading() as session:
        actors = session.scalars(
            select(Action.actor).where(Action.verb == "menu.publish").order_by(Action.id)
        ).all()
    assert actors == ["cli:tester", "calendar"]


async def test_what_is_refused_is_tried_again_later(
    keeper: MenuKeeper, platform: Platform, turn: Turn, database: Database, clock: SteppingClock
) -> None:
    await published(keeper, PhaseKind.COLLECTING)
    turn(PhaseKind.OPINION)
    platform.refusals[CREATE].append(45009)
    assert not await keeper.tend()
    with database.reading() as session:
        assert session.scalars(select(AccountMenu.error)).one()
    assert not await keeper.tend()
    assert platform.menu.buttons == []
    clock.advance(seconds=AFTER_FAILING.total_seconds())
    assert await keeper.tend()
    with database.reading() as session:
        row = session.scalars(select(AccountMenu)).one()
    assert (row.phase, row.error, row.lease_until) == (PhaseKind.OPINION, None, None)


async def test_who_died_over_it_is_followed_by_another(
    keeper: MenuKeeper, turn: Turn, clock: SteppingClock
) -> None:
    await published(keeper, PhaseKind.COLLECTING)
    turn(PhaseKind.OPINION)
    await keeper.writer.ask(Call(keeper._take))
    assert not await keeper.tend()
    clock.advance(minutes=2)
    assert await keeper.tend()
