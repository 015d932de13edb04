"""Cancelling and sending again, page by page: killed between any two, nobody is forgotten and nobody doubled."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, update

from app.broadcasts import leftovers, releasing
from app.broadcasts.batches import Batch, Standing
from app.broadcasts.driving import Driver
from app.broadcasts.keys import ANOTHER
from app.broadcasts.leftovers import Leftovers
from app.broadcasts.rules import WrongState
from app.database import Database
from app.operators.queries import Account
from app.outbox.outcomes import Message, Outcome, Refused
from app.writer import Writer
from models import Broadcast, Delivery, Follower
from models.enums import BroadcastState, DeliveryState
from tests.app.broadcasts.conftest import Release, accepted, broadcast, states
from tests.fixtures.clocks import SteppingClock
from tests.standin.platform import Platform

People = Callable[[int], list[str]]
SENT, FAILED, PENDING, SKIPPED = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.PENDING,
    DeliveryState.SKIPPED,
)
PAGE, MANY = 7, 30
PAGES = range(MANY // PAGE + 2)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "PAGE", PAGE)


@pytest.fixture
def tender(database: Database, clock: SteppingClock) -> Iterator[Leftovers]:
    writer = Writer(database)
    writer.start()
    yield Leftovers(writer, clock)
    writer.stop()


def some_pages(tender: Leftovers, database: Database, pages: int) -> None:
    """So many pages, and then the process dies."""
    for _ in range(pages):
        with database.writing() as session:
            tender.next_page(session)


def failed(database: Database, made: int, clock: SteppingClock) -> None:
    with database.writing() as session:
        ended = {"state": FAILED, "finished_at": clock.now(), "attempts": 1, "error": "x", "errcode": 40003}
        session.execute(update(Delivery).where(Delivery.broadcast_id == made).values(ended))
        session.execute(update(Broadcast).where(Broadcast.id == made).values(state=BroadcastState.DONE))


@pytest.mark.parametrize("killed_after", PAGES)
async def test_cancelled_nothing_waits_wherever_it_was_killed(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    tender: Leftovers,
    killed_after: int,
) -> None:
    people(MANY)
    made = release()
    await gathered(driver, database, made)
    with database.writing() as session:
        releasing.cancel(session, made, by=hands["周敏"], clock=clock)
    assert states(database, made) == {SKIPPED: PAGE, PENDING: MANY - PAGE}, "one page at once"
    some_pages(tender, database, killed_after)
    assert not await driver.round(), "what is cancelled goes no further"
    await tender.tend()
    assert states(database, made) == {SKIPPED: MANY}
    assert accepted(platform) == []
    with database.reading() as session:
        assert set(session.scalars(select(Delivery.error))) == {leftovers.CANCELLED}


@pytest.mark.parametrize("killed_after", PAGES)
@pytest.mark.parametrize("channel", ["template", "mass"])
async def test_sent_again_once_wherever_it_was_killed(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    tender: Leftovers,
    channel: str,
    killed_after: int,
) -> None:
    openids = people(MANY)
    made = release(channel=channel)
    await gathered(driver, database, made)
    failed(database, made, clock)
    with database.writing() as session:
        releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
    some_pages(tender, database, killed_after)
    if broadcast(database, made).retry_asked_at:
        assert not await driver.round(), "nothing goes out before the last page"
        with database.writing() as session, pytest.raises(WrongState, match="正在重新排上"):
            releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
    await tender.tend()
    await driver.round()
    await platform.settle()
    assert Counter(accepted(platform)) == Counter(openids)
    assert states(database, made) == {SENT: MANY}
    assert len(platform.stores.mass) == (channel == "mass"), "a job goes out whole"
    row = broadcast(database, made)
    assert (row.state, row.retry_asked_at) == (BroadcastState.DONE, None)
    with database.reading() as session:
        keys = session.scalars(select(Delivery.key)).all()
    assert {len(key) - len(key.rstrip(ANOTHER)) for key in keys} == {1}


async def test_asked_for_while_it_is_being_sent_the_driver_waits_for_the_last_page(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    tender: Leftovers,
) -> None:
    openids = people(MANY)
    made, batches = release(), driver._batches
    await gathered(driver, database, made)
    with database.writing() as session:
        assert batches.begin(session) == made
        batch = batches.claim(session, made)
    assert isinstance(batch, Batch)
    with database.writing() as session:
        refused: list[tuple[Message, Outcome]] = [(one, Refused("不行", 47003)) for one in batch.messages]
        assert batches.record(session, batch, refused, under_way=False)
        releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
    with database.writing() as session:
        assert batches.claim(session, made) is Standing.STOPPED
    assert not await driver.round()
    await tender.tend()
    await driver.round()
    assert Counter(accepted(platform)) == Counter(openids)


async def test_what_fails_again_is_not_sent_a_third_time(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    tender: Leftovers,
) -> None:
    openids = people(PAGE * 3)
    made = release()
    await gathered(driver, database, made)
    failed(database, made, clock)
    clock.advance(seconds=1)
    with database.writing() as session:
        releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
    clock.advance(seconds=1)
    with database.writing() as session:  # one that was already queued again has failed anew
        first = session.scalars(select(Delivery.id).where(Delivery.state == PENDING).limit(1)).one()
        session.execute(update(Delivery).where(Delivery.id == first).values(state=FAILED, finished_at=clock.now()))
    await tender.tend()
    await driver.round()
    assert states(database, made) == {SENT: len(openids) - 1, FAILED: 1}


async def test_queued_again_while_it_is_paused_it_waits_for_a_person(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    tender: Leftovers,
) -> None:
    openids = people(MANY)
    made = release()
    await gathered(driver, database, made)
    failed(database, made, clock)
    with database.writing() as session:
        session.get_one(Broadcast, made).state = BroadcastState.PAUSED
        releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
    await tender.tend()
    assert states(database, made) == {PENDING: MANY}
    assert not await driver.round()
    with database.writing() as session:
        releasing.resume(session, made, by=hands["周敏"], clock=clock)
    await driver.round()
    assert Counter(accepted(platform)) == Counter(openids)


async def test_cancelled_while_it_is_queued_again(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    tender: Leftovers,
) -> None:
    people(MANY)
    made = release()
    await gathered(driver, database, made)
    failed(database, made, clock)
    with database.writing() as session:
        releasing.retry_failed(session, made, by=hands["周敏"], clock=clock)
        releasing.cancel(session, made, by=hands["周敏"], clock=clock)
    await tender.tend()
    assert states(database, made) == {SKIPPED: PAGE, FAILED: MANY - PAGE}
    assert not await driver.round()


async def gathered(driver: Driver, database: Database, made: int) -> None:
    """Everybody is written down, nothing sent, and nobody is at it."""
    with database.writing() as session:
        assert driver._batches.begin(session) == made
        while driver._slice(session, made):
            pass
        driver._batches.let_go(session, made)
        assert session.scalars(select(Follower.id)).first()
