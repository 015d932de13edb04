"""The action log: whoever changes, removes or reorders an entry is found, and many writers keep one chain."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.crypto import Keyring
from app.database import Database
from app.operators import log
from app.writer import Call, Writer
from models import Action
from tests.fixtures.clocks import SteppingClock


def append(database: Database, clock: SteppingClock, count: int = 5) -> None:
    for number in range(count):
        with database.writing() as session:
            record(session, clock, number)


def record(session: Session, clock: SteppingClock, number: int) -> None:
    detail = {"数": number, "甲": {"z": 1, "a": [1.5, None, True]}}
    log.record(session, actor="cli:tester", verb="test.do", subject=f"thing:{number}", detail=detail, clock=clock)


def broken(database: Database) -> int | None:
    with database.reading() as session:
        return log.verify(session)


def test_an_untouched_log_is_whole(database: Database, clock: SteppingClock) -> None:
    assert broken(database) is None
    append(database, clock)
    assert broken(database) is None


@pytest.mark.parametrize(
    ("tamper", "number"),
    [
        (update(Action).where(Action.id == 3).values(actor="cli:somebody"), 3),
        (update(Action).where(Action.id == 3).values(verb="test.undo"), 3),
        (update(Action).where(Action.id == 3).values(subject="thing:9"), 3),
        (update(Action).where(Action.id == 3).values(detail={"数": 9}), 3),
        (update(Action).where(Action.id == 3).values(at=SteppingClock().now().replace(year=2016)), 3),
        (update(Action).where(Action.id == 3).values(previous="0" * 64), 3),
        (update(Action).where(Action.id == 3).values(hash="0" * 64), 3),
        (delete(Action).where(Action.id == 3), 3),
        (delete(Action).where(Action.id == 1), 1),
        (update(Action).where(Action.id == 5).values(id=7), 5),
    ],
    ids=str,
)
def test_tampering_names_the_entry(database: Database, clock: SteppingClock, tamper: object, number: int) -> None:
    append(database, clock)
    with database.writing() as session:
        session.execute(tamper)  # type: ignore[call-overload]
    assert broken(database) == number


def test_an_entry_goes_with_its_transaction(database: Database, clock: SteppingClock) -> None:
    append(database, clock, 2)
    with database.writing() as session:
        record(session, clock, 2)
        session.rollback()
    append(database, clock, 2)
    assert broken(database) is None
    with database.reading() as session:
        assert session.scalars(select(Action.id).order_by(Action.id)).all() == [1, 2, 3, 4]


def test_several_entries_of_one_transaction_are_chained(database: Database, clock: SteppingClock) -> None:
    with database.writing() as session:
        for number in range(3):
            record(session, clock, number)
    assert broken(database) is None


def test_many_transactions_at_once_keep_one_chain(database: Database, clock: SteppingClock) -> None:
    def append_one(number: int) -> None:
        with database.writing() as session:
            record(session, clock, number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append_one, range(40)))
    assert broken(database) is None
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Action)) == 40


def test_the_writers_lanes_keep_one_chain(database: Database, clock: SteppingClock) -> None:
    def appending(number: int) -> Callable[[Session], None]:
        return lambda session: record(session, clock, number)

    writer = Writer(database)
    writer.start()
    for future in [writer.submit(Call(appending(number))) for number in range(60)]:
        future.result(timeout=20)
    writer.stop()
    assert broken(database) is None


def test_a_personal_digest_tells_equality_and_nothing_else(keyring: Keyring) -> None:
    digest = log.personal_digest(keyring, "13800000000")
    assert digest == log.personal_digest(keyring, "13800000000")
    assert digest != log.personal_digest(Keyring("another secret, also thirty-two characters"), "13800000000")
    assert "1380" not in digest
