"""A platform behind a real socket that loses answers, and a broadcast that was released to many."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import uvicorn
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from app.broadcasts import composing
from app.broadcasts.audiences import Audience
from app.broadcasts.desk import Desk
from app.broadcasts.rules import BroadcastText
from app.campaigns.service import load
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.operators.queries import Account
from app.settings import Settings
from models import Broadcast, Credit, Delivery, Follower, Operator
from models.enums import BroadcastKind, BroadcastState, DeliveryState, Role
from tests.crash.server import Process
from tests.crash.test_killed import DEFINITION
from tests.fixtures.installation import SECRET
from tests.standin.app import create_app
from tests.standin.platform import Platform
from tests.standin.stores import Template

SEED = 2018
PATIENCE = 3  # seconds that an answer is waited for
LOST = 0.005  # of the answers, after the platform has done what was asked
CLOCK = Clock()

AnyProcess = TypeVar("AnyProcess", bound=Process)


@dataclass
class Far:
    """The stand-in behind a real socket; it loses answers and tells each message it is asked to send."""

    platform: Platform
    heard: Callable[[], None] = lambda: None
    called: Counter[str] = field(default_factory=Counter)  # how often each address was asked for
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def __post_init__(self) -> None:
        self._app = create_app(self.platform)
        self.platform.faults.job_events = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.called[scope.get("path", "")] += 1
        if "/message/" in scope.get("path", ""):
            self.heard()
            self.platform.faults.lost_answers = int(self.chance.random() < LOST)
        await self._app(scope, receive, send)

    @property
    def got(self) -> Counter[str]:
        """How many messages each person has got, by the platform's own books."""
        return Counter(one.openid for one in self.platform.journal.accepted)


def released(
    database: Database, settings: Settings, platform: Platform, channel: str, people: int, *, listed: bool = False
) -> tuple[int, set[str]]:
    """The broadcast, and to whom: all followers, or the same people as a list."""
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
        words: dict[str, Any] = {"template_id": template_id, "data": {"thing1": "请您投票"}}
        content = {"text": "请您投票"} if channel == "mass" else words
        audience = Audience("openids", openids) if listed else Audience("all")
        text = BroadcastText("投票", BroadcastKind.VOTE, channel, audience, content)
        kind = settings.wechat.account_kind
        made = composing.compose(session, DEFINITION.key, text, by=hands[0], kind=kind, clock=CLOCK)
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


def strikes_of(far: Far, moments: Sequence[int]) -> asyncio.Queue[None]:
    """One for each time that so many have got theirs."""
    strikes, left = asyncio.Queue[None](), sorted(moments, reverse=True)

    def heard() -> None:
        while left and len(far.platform.journal.accepted) >= left[-1]:
            left.pop()
            strikes.put_nowait(None)

    far.heard = heard
    return strikes


def towards(settings: Settings, address: str) -> dict[str, str]:
    """Settings of a process that sends to the platform at `address`."""
    return {
        "SHISHI_WECHAT__API_URL": address,
        "SHISHI_WECHAT__TIMEOUT_SECONDS": str(PATIENCE),
        "SHISHI_PUSH__PER_SECOND": str(settings.push.per_second),
        "SHISHI_PUSH__QUIET_HOURS": settings.push.quiet_hours,
    }


@asynccontextmanager
async def running(process: AnyProcess) -> AsyncIterator[AnyProcess]:
    await process.start()
    try:
        yield process
    finally:
        await process.kill()


@asynccontextmanager
async def listening(far: Far) -> AsyncIterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(far, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def done(database: Database, broadcast_id: int) -> None:
    while True:
        with database.reading() as session:
            row = session.get_one(Broadcast, broadcast_id)
        assert row.state is not BroadcastState.PAUSED, row.stopped_for
        if row.state is BroadcastState.DONE:
            return
        await asyncio.sleep(0.2)


def by_state(database: Database, broadcast_id: int) -> dict[DeliveryState, set[str]]:
    found: dict[DeliveryState, set[str]] = defaultdict(set)
    with database.reading() as session:
        rows = session.execute(
            select(Delivery.state, Delivery.openid).where(Delivery.broadcast_id == broadcast_id)
        ).all()
    for state, openid in rows:
        found[state].add(openid or "")
    assert sum(map(len, found.values())) == len(rows)
    return found
