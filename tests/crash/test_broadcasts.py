"""Killed in the middle of a broadcast, with answers lost: nobody is skipped, nobody gets it twice, and what cannot
be known is called so."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.broadcasts.batches import LEASE
from app.broadcasts.rules import WAYS
from app.database import Database
from app.settings import PushSettings
from models import Broadcast, Delivery
from models.enums import DeliveryState
from tests.crash.far import SEED, Far, by_state, done, listening, released, running, strikes_of, towards
from tests.crash.server import Server
from tests.fixtures.installation import make_settings

TAKEOVER = 60  # seconds until what a dead process was at has gone on elsewhere


async def broadcast(
    database: Database, directory: Path, far: Far, channel: str, *, people: int, kills: int
) -> dict[DeliveryState, set[str]]:
    """Everybody by what the ledger says of them in the end; killed with messages drawn from a seed."""
    settings = make_settings(
        database.url.render_as_string(hide_password=False), push=PushSettings(per_second=300, quiet_hours="")
    )
    broadcast_id, openids = released(database, settings, far.platform, channel, people)
    strikes = strikes_of(far, random.Random(SEED).sample(range(1, people), kills))
    async with (
        listening(far) as address,
        running(Server(settings, directory, **towards(settings, address))) as server,
    ):
        for _ in range(kills):
            await _first(strikes.get(), done(database, broadcast_id))
            await server.kill()
            wait_out_the_lease(database, broadcast_id)
            await server.start()
        await done(database, broadcast_id)
    found = by_state(database, broadcast_id)
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
    most = 5 * WAYS["subscribe"].batch + 30
    assert len(found[DeliveryState.UNKNOWN]) <= most, "one batch at most with each kill, and lost answers"


@pytest.mark.long
async def test_of_two_workers_one_is_killed(postgres_database: Database, tmp_path: Path, far: Far) -> None:
    """Neither the lease nor anything else is helped along: the other one takes over by itself."""
    settings = make_settings(
        postgres_database.url.render_as_string(hide_password=False),
        push=PushSettings(per_second=200, quiet_hours=""),
    )
    broadcast_id, openids = released(postgres_database, settings, far.platform, "template", 3_000)
    strikes = strikes_of(far, [500])
    async with (
        listening(far) as address,
        running(Server(settings, tmp_path, **towards(settings, address))) as first,
    ):
        await strikes.get()
        async with running(Server(settings, tmp_path, **towards(settings, address))):
            await first.kill()
            before = len(far.got)
            async with asyncio.timeout(TAKEOVER):
                while len(far.got) < before + 300:
                    await asyncio.sleep(0.1)
            await done(postgres_database, broadcast_id)
    assert far.got == Counter(openids)
    assert by_state(postgres_database, broadcast_id) == {DeliveryState.SENT: openids}


async def _first(*things: Awaitable[object]) -> None:
    tasks = [asyncio.ensure_future(thing) for thing in things]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


def wait_out_the_lease(database: Database, broadcast_id: int) -> None:
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
