"""What is alike is known before anybody asks, and nothing stands in the way of stopping."""

import asyncio

import pytest

from app.database import Database
from app.jobs import reading_ahead
from app.jobs.reading_ahead import read_all_ahead
from app.proposals.alike import kept, queries
from app.proposals.alike.features import Text
from tests.app.proposals.test_supporting import handed_in
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import load_campaign


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "OVERLAP", 0)
    monkeypatch.setattr(reading_ahead, "AT_ONCE", 2)
    monkeypatch.setattr(queries, "PATIENCE", 1)


@pytest.fixture
def filled(database: Database, clock: SteppingClock) -> Database:
    load_campaign(database, clock)
    with database.writing() as session:
        for running in range(1, 8):
            handed_in(session, running, title=f"第{running}个书屋", summary="书架")
        handed_in(session, 8, title="板房里的空调", summary="七月板房里四十度，请每间装空调")
    return database


def offered(database: Database) -> list[str]:
    with database.reading() as session:
        return [offer.number for offer in queries.offers(session, 1, Text("板房装空调", "板房太热，请装空调"))]


@pytest.mark.usefixtures("few_at_once")
async def test_who_asks_first_is_told_all(filled: Database, clock: SteppingClock) -> None:
    assert offered(filled) == []  # one is known by now
    await read_all_ahead(filled, clock, asyncio.Event())
    assert offered(filled) == ["SS2018-0008"]


@pytest.mark.usefixtures("few_at_once")
async def test_it_waits_for_others_who_look(filled: Database, clock: SteppingClock) -> None:
    with filled.reading() as session, kept.kept(session, 1, 1):
        reading = asyncio.create_task(read_all_ahead(filled, clock, asyncio.Event()))
        await asyncio.sleep(0)
    await reading
    assert offered(filled) == ["SS2018-0008"]


async def test_it_ends_when_the_service_does(filled: Database, clock: SteppingClock) -> None:
    stopped = asyncio.Event()
    stopped.set()
    await read_all_ahead(filled, clock, stopped)
    with filled.reading() as session, kept.kept(session, 1, 0) as known:
        assert known.is_behind


async def test_without_a_campaign_there_is_nothing_to_read(
    sqlite_database: Database, clock: SteppingClock
) -> None:
    await read_all_ahead(sqlite_database, clock, asyncio.Event())


async def test_a_database_that_is_gone_is_no_reason_not_to_start(
    sqlite_database: Database, clock: SteppingClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite_database.write.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE campaigns RENAME TO gone")
        connection.commit()
    await read_all_ahead(sqlite_database, clock, asyncio.Event())
    assert "reading ahead failed" in capsys.readouterr().out
