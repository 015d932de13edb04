"""An outbox that reaches the stand-in, and followers who have just written."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.followers import windows
from app.outbox import service
from app.outbox.channels import all_channels
from app.outbox.delivery import Courier
from app.settings import Settings
from app.wechat.client import WeChatClient
from app.writer import Writer
from models import Delivery, Follower
from tests.fixtures.clocks import SteppingClock
from tests.standin.platform import Platform

Owe = Callable[..., bool]


@pytest.fixture
def new_courier(
    wechat_client: WeChatClient, database: Database, clock: Clock, settings: Settings, keyring: Keyring
) -> Iterator[Callable[[], Courier]]:
    """Each stands for a process: it has a writer of its own."""
    writers: list[Writer] = []

    def new() -> Courier:
        writers.append(Writer(database))
        writers[-1].start()
        return Courier.of(settings, all_channels(wechat_client, keyring), writers[-1], clock)

    yield new
    for writer in writers:
        writer.stop()


@pytest.fixture
def courier(new_courier: Callable[[], Courier]) -> Courier:
    return new_courier()


@pytest.fixture
async def openid(platform: Platform, database: Database, clock: SteppingClock) -> str:
    return await writes(platform, database, clock)


@pytest.fixture
def owe(database: Database, clock: SteppingClock, openid: str) -> Owe:
    """Enqueue a customer message: `owe("text", kind=…, openid=…, key=…)`."""

    def owe(text: str, **more: object) -> bool:
        row = {"key": text, "channel": "customer", "kind": "decision", "openid": openid, "due_at": clock.now()}
        with database.writing() as session:
            return service.enqueue(session, body={"text": text}, **{**row, **more})  # type: ignore[arg-type]

    return owe


async def writes(platform: Platform, database: Database, clock: SteppingClock) -> str:
    """Somebody new follows and writes: the platform's window and ours are open."""
    person = platform.add_person("陈建国", following=True)
    await platform.say(person.openid, "你好")
    with database.writing() as session:
        follower = Follower(openid=person.openid, subscribed=True, created_at=clock.now())
        windows.open_by_message(follower, clock.now())
        session.add(follower)
    return person.openid


def delivery(database: Database, key: str) -> Delivery:
    with database.reading() as session:
        return session.scalars(select(Delivery).where(Delivery.key == key)).one()


def follower(database: Database, openid: str) -> Follower:
    with database.reading() as session:
        return session.scalars(select(Follower).where(Follower.openid == openid)).one()


def said_to(platform: Platform, openid: str) -> list[str]:
    return [entry.text for entry in platform.people[openid].chat if entry.sender == "account"]
