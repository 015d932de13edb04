"""Killed in the middle of a broadcast, with answers lost: nobody is skipped, nobody gets it twice, and what cannot
be known is called so."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from app.broadcasts import composing
from app.broadcasts.audiences import Audience
from app.broadcasts.batches import LEASE
from app.broadcasts.desk import Desk
from app.broadcasts.rules import BATCH_LIMITS, BroadcastText
from app.campaigns.service import load
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.operators.queries import Account
from app.settings import AccountKind, PushSettings, Settings
from models import Broadcast, Credit, Delivery, Follower, Operator
from models.enums import BroadcastKind, BroadcastState, DeliveryState, Role
from tests.crash.server import Server
from tests.crash.test_killed import DEFINITION
from tests.fixtures.installation import SECRET, make_settings
from tests.fixtures.platforms import account_of
from tests.standin.app import create_app
from tests.standin.platform import Platform
from tests.standin.stores import Template

SEED = 2018
PATIENCE = 3  # seconds that an answer is waited for
TAKEOVER = 60  # seconds until what a dead process was at has gone on elsewhere
LOST = 0.005  # of the answers, after the platform has done what was asked
CLOCK = Clock()


@dataclass
class Far:
    """The stand-in behind a real socket; it loses answers and tells each message it is asked to send."""

    platform: Platform
    heard: Callable[[], None] = lambda: None
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def __post_init__(self) -> None:
        self._app = create_app(self.platform)
        self.platform.faults.job_events = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "/message/" in scope.get("path", ""):
            self.heard()
            self.platform.faults.lost_answers = int(self.chance.random() < LOST)
        await self._app(scope, receive, send)

    @property
    def got(self) -> Counter[str]:
        """How many messages each person has got, by the platform's own books."""
        return Counter(one.openid for one in self.platform.journal.accepted)


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    async with httpx.AsyncClient() as callback:
        account = account_of(make_settings().wechat)
        yield Far(Platform(account, callback=callback, callback_url="http://127.0.0.1:9/wechat"))


async def broadcast(
    database: Database, directory: Path, far: Far, channel: str, *, people: int, kills: int
) -> dict[DeliveryState, set[str]]:
    """Everybody by what the ledger says of them in the end; killed with messages drawn from a seed."""
    settings = make_settings(
        database.url.render_as_string(hide_password=False), push=PushSettings(per_second=300, quiet_hours="")
    )
    broadcast_id, openids = _released(database, settings, far.platform, channel, people)
    strikes = _strikes_of(far, random.Random(SEED).sample(range(1, people), kills))
    async with _listening(far) as address, _running(_server(settings, directory, address)) as server:
        for _ in range(kills):
            await _first(strikes.get(), _done(database, broadcast_id))
            await server.kill()
            _wait_out_the_lease(database, broadcast_id)
            await server.start()
        await _done(database, broadcast_id)
    found = _by_state(database, broadcast_id)
    assert set().union(*found.values()) == openids, "nobody is skipped"
    assert set(far.got.values()) <= {1}, "nobody gets it twice"
    assert found[DeliveryState.SENT] <= set(far.got)
    assert openids - set(far.got) <= found[DeliveryState.UNKNOWN]
    assert set(found) <= {DeliveryState.SENT, DeliveryState.UNKNOWN}
    return found


async def test_killed_while_template_messages_go_out(sqlite_database: Database, tmp_path: Path, far: Far) -> None:
    found = await broadcast(sqlite_database, tmp_path, far, "template", people=300, kills=3)
    assert len(found[DeliveryState.SENT]) == 300, "the platform knows them by their keys"


@pytest.mark.long
async def test_killed_a_hundred_times_while_template_messages_go_out(
    sqlite_database: Database, tmp_path: Path, far: Far
) -> None:
    found = await broadcast(sqlite_database, tmp_path, far, "template", people=10_000, kills=100)
    assert len(found[DeliveryState.SENT]) == 10_000


@pytest.mark.long
async def test_killed_while_messages_without_a_key_go_out(database: Database, tmp_path: Path, far: Far) -> None:
    found = await broadcast(database, tmp_path, far, "subscribe", people=1_500, kills=5)
    most = 5 * BATCH_LIMITS["subscribe"] + 30
    assert len(found[DeliveryState.UNKNOWN]) <= most, "one batch at most with each kill, and lost answers"


@pytest.mark.long
async def test_of_two_workers_one_is_killed(postgres_database: Database, tmp_path: Path, far: Far) -> None:
    """Neither the lease nor anything else is helped along: the other one takes over by itself."""
    settings = make_settings(
        postgres_database.url.render_as_string(hide_password=False),
        push=PushSettings(per_second=200, quiet_hours=""),
    )
    broadcast_id, openids = _released(postgres_database, settings, far.platform, "template", 3_000)
    strikes = _strikes_of(far, [500])
    async with _listening(far) as address, _running(_server(settings, tmp_path, address)) as first:
        await strikes.get()
        async with _running(_server(settings, tmp_path, address)):
            await first.kill()
            before = len(far.got)
            async with asyncio.timeout(TAKEOVER):
                while len(far.got) < before + 300:
                    await asyncio.sleep(0.1)
            await _done(postgres_database, broadcast_id)
    assert far.got == Counter(openids)
    assert _by_state(postgres_database, broadcast_id) == {DeliveryState.SENT: openids}


def _released(
    database: Database, settings: Settings, platform: Platform, channel: str, people: int
) -> tuple[int, set[str]]:
    template_id = f"{channel}-vote"
    platform.stores.templates[template_id] = Template(
        template_id, "投票通知", ("thing1",), for_subscription=channel == "subscribe"
    )
    folk = [platform.add_person(f"职工{number}", following=True) for number in range(people)]
    for person in folk:
        person.credits[template_id] = 1
    openids = [person.openid for person in folk]
    now = CLOCK.now()
    with database.writing() as session:
        load(session, DEFINITION, actor="cli:tester", clock=CLOCK)
        rows = [{"openid": openid, "subscribed": True, "created_at": now} for openid in openids]
        ids = session.scalars(insert(Follower).returning(Follower.id), rows).all()
        agreed = {"template_id": template_id, "remaining": 1, "changed_at": now}
        session.execute(insert(Credit), [{"follower_id": id, **agreed} for id in ids])
        hands = _hands(session)
        content = {"template_id": template_id, "data": {"thing1": "请您投票"}}
        text = BroadcastText("投票", BroadcastKind.VOTE, channel, Audience("all"), content)
        made = composing.compose(session, DEFINITION.key, text, by=hands[0], kind=AccountKind.SERVICE, clock=CLOCK)
        composing.submit(session, made.id, by=hands[0], clock=CLOCK)
        Desk.of(settings, Keyring(SECRET), CLOCK).approve(session, made.id, by=hands[1])
        return made.id, set(openids)


def _hands(session: Session) -> list[Account]:
    rows = [
        Operator(name=name, password_hash="x", roles=[Role.OWNER], created_at=CLOCK.now())
        for name in ("周敏", "吴军")
    ]
    session.add_all(rows)
    session.flush()
    return [Account(row.id, row.name, frozenset({Role.OWNER})) for row in rows]


def _strikes_of(far: Far, moments: Sequence[int]) -> asyncio.Queue[None]:
    """One for each time that so many have got theirs."""
    strikes, left = asyncio.Queue[None](), sorted(moments, reverse=True)

    def heard() -> None:
        while left and len(far.platform.journal.accepted) >= left[-1]:
            left.pop()
            strikes.put_nowait(None)

    far.heard = heard
    return strikes


def _server(settings: Settings, directory: Path, address: str) -> Server:
    push = settings.push
    return Server(
        settings,
        directory,
        SHISHI_WECHAT__API_URL=address,
        SHISHI_WECHAT__TIMEOUT_SECONDS=str(PATIENCE),
        SHISHI_PUSH__PER_SECOND=str(push.per_second),
        SHISHI_PUSH__QUIET_HOURS=push.quiet_hours,
    )


@asynccontextmanager
async def _running(server: Server) -> AsyncIterator[Server]:
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


@asynccontextmanager
async def _listening(far: Far) -> AsyncIterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(far, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def _first(*things: Awaitable[object]) -> None:
    tasks = [asyncio.ensure_future(thing) for thing in things]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


async def _done(database: Database, broadcast_id: int) -> None:
    while True:
        with database.reading() as session:
            row = session.get_one(Broadcast, broadcast_id)
        assert row.state is not BroadcastState.PAUSED, row.stopped_for
        if row.state is BroadcastState.DONE:
            return
        await asyncio.sleep(0.2)


def _wait_out_the_lease(database: Database, broadcast_id: int) -> None:
    """As if nobody had been there for so long: what was at a time was at it that much earlier."""
    earlier = LEASE + timedelta(seconds=1)
    with database.writing() as session:
        row = session.get_one(Broadcast, broadcast_id)
        row.lease_until = row.lease_until and row.lease_until - earlier
        of_it = Delivery.broadcast_id == broadcast_id, Delivery.tried_at.is_not(None)
        for delivery in session.scalars(select(Delivery).where(*of_it, Delivery.finished_at.is_(None))):
            assert delivery.tried_at
            delivery.tried_at -= earlier
            delivery.lease_until = delivery.lease_until and delivery.lease_until - earlier


def _by_state(database: Database, broadcast_id: int) -> dict[DeliveryState, set[str]]:
    found: dict[DeliveryState, set[str]] = defaultdict(set)
    with database.reading() as session:
        rows = session.execute(
            select(Delivery.state, Delivery.openid).where(Delivery.broadcast_id == broadcast_id)
        ).all()
    for state, openid in rows:
        found[state].add(openid or "")
    assert sum(map(len, found.values())) == len(rows)
    return found
