"""Followers known to us and to the stand-in, colleagues who compose and release, drivers that reach it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from app.broadcasts import composing
from app.broadcasts.audiences import Audience
from app.broadcasts.desk import Desk
from app.broadcasts.driving import Driver
from app.broadcasts.rules import BroadcastText
from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.operators.queries import Account
from app.settings import PushSettings, Settings
from app.wechat.client import WeChatClient
from app.writer import Writer
from models import Broadcast, Delivery, Follower, Operator
from models.enums import BroadcastKind, DeliveryState, Role
from tests.fixtures.clocks import START, SteppingClock
from tests.standin.platform import Platform
from tests.standin.stores import Template

FILE = Path(__file__).parents[3] / "deploy/campaigns/2018.toml"
TEMPLATE = {
    "template_id": "T-vote",
    "data": {"thing1": "请您投票", "time2": "2018年3月1日"},
    "url": "https://x.test/",
}

Release = Callable[..., int]


@pytest.fixture
def settings(tmp_path: object, settings: Settings) -> Settings:
    """As fast as it goes: how fast is tested by itself."""
    return settings.model_copy(update={"push": PushSettings(per_second=0, quiet_hours="22:00-08:00")})


@pytest.fixture
def hands(database: Database, clock: SteppingClock) -> dict[str, Account]:
    """Two who may do everything, so that only four eyes can keep them apart."""
    with database.writing() as session:
        campaigns.load(session, load_toml(FILE.read_text(encoding="utf-8")), actor="cli:tester", clock=clock)
        rows = [
            Operator(name=name, password_hash="x", roles=[Role.OWNER], created_at=START)
            for name in ("周敏", "吴军")
        ]
        session.add_all(rows)
        session.flush()
        return {row.name: Account(row.id, row.name, frozenset({Role.OWNER})) for row in rows}


@pytest.fixture
def people(platform: Platform, database: Database, clock: SteppingClock) -> Callable[[int], list[str]]:
    """So many more followers; their openids."""

    def make(count: int) -> list[str]:
        openids = [platform.add_person(f"职工{number}", following=True).openid for number in range(count)]
        rows = [{"openid": openid, "subscribed": True, "created_at": clock.now()} for openid in openids]
        with database.writing() as session:
            session.execute(insert(Follower), rows)
        return openids

    return make


@pytest.fixture
def release(
    database: Database,
    hands: dict[str, Account],
    settings: Settings,
    keyring: Keyring,
    clock: SteppingClock,
    platform: Platform,
) -> Release:
    """Compose by one, release by the other: the broadcast's id."""
    platform.stores.templates["T-vote"] = Template("T-vote", "投票通知", ("thing1", "time2"))
    platform.stores.templates["S-vote"] = Template(
        "S-vote", "投票通知", ("thing1", "time2"), for_subscription=True
    )
    desk = Desk.of(settings, keyring, clock)

    def release(channel: str = "template", audience: dict[str, Any] | None = None, **more: Any) -> int:
        content = more.pop("content", TEMPLATE if channel == "template" else {"text": "请您投票"})
        whom = Audience.from_json(audience or {"all": True})
        text = BroadcastText("投票", BroadcastKind.VOTE, channel, whom, content, **more)
        with database.writing() as session:
            made = composing.compose(
                session, "2018", text, by=hands["周敏"], kind=settings.wechat.account_kind, clock=clock
            )
            composing.submit(session, made.id, by=hands["周敏"], clock=clock)
            desk.approve(session, made.id, by=hands["吴军"])
            return made.id

    return release


@pytest.fixture
def writers() -> list[Writer]:
    """Those of the drivers, the newest last."""
    return []


@pytest.fixture
async def new_driver(
    writers: list[Writer],
    wechat_client: WeChatClient,
    database: Database,
    clock: Clock,
    settings: Settings,
    keyring: Keyring,
    platform: Platform,
) -> AsyncIterator[Callable[..., Driver]]:
    """Each stands for a process: it has a writer of its own."""

    def new(**changes: Any) -> Driver:
        writers.append(Writer(database))
        writers[-1].start()
        push = settings.push.model_copy(update=changes)
        changed = settings.model_copy(update={"push": push})
        return Driver.of(changed, wechat_client, writers[-1], keyring, clock)

    yield new
    await platform.settle()
    for writer in writers:
        writer.stop()


@pytest.fixture
def driver(new_driver: Callable[..., Driver]) -> Driver:
    return new_driver()


def states(database: Database, broadcast_id: int) -> dict[DeliveryState, int]:
    of_it = select(Delivery.state, func.count()).where(Delivery.broadcast_id == broadcast_id)
    with database.reading() as session:
        return {row[0]: row[1] for row in session.execute(of_it.group_by(Delivery.state))}


def broadcast(database: Database, broadcast_id: int) -> Broadcast:
    with database.reading() as session:
        return session.get_one(Broadcast, broadcast_id)


def accepted(platform: Platform) -> list[str]:
    """Who got something by the platform's own books, as often as they did."""
    return [one.openid for one in platform.journal.accepted]
