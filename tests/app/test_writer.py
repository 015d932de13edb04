"""The writer: one commit for all that waits, and a piece that fails spoils only itself."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.database import Database
from app.writer import Call, Writer
from models import Follower
from tests.fixtures.clocks import START


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    writer = Writer(database)
    writer.start()
    yield writer
    writer.stop()


def follow(openid: str) -> Follower:
    return Follower(openid=openid, created_at=START)


def adding(openid: str) -> Callable[[Session], None]:
    return lambda session: session.add(follow(openid))


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Follower)) or 0


def test_result_comes_after_the_commit(writer: Writer, database: Database) -> None:
    writer.run(lambda session: session.add(follow("one")))
    assert count(database) == 1


def test_a_failing_piece_spoils_only_itself(writer: Writer, database: Database) -> None:
    release: Future[None] = Future()

    def hold(session: Session) -> None:
        release.result(timeout=10)

    def fail(session: Session) -> None:
        session.add(follow("lost"))
        raise ValueError("mine")

    held = writer.submit(Call(hold))
    good = [writer.submit(Call(adding(f"p{n}"))) for n in range(5)]
    bad = writer.submit(Call(fail))
    double = writer.submit(Call(adding("p0")))
    release.set_result(None)
    held.result(timeout=10)
    for future in good:
        future.result(timeout=10)
    with pytest.raises(ValueError, match="mine"):
        bad.result(timeout=10)
    with pytest.raises(Exception, match=r"(?i)unique"):
        double.result(timeout=10)
    assert count(database) == 5


def test_concurrent_increments_are_not_lost(writer: Writer, database: Database) -> None:
    writer.run(lambda session: session.add(follow("one")))

    def increment(session: Session) -> None:
        follower = session.scalars(select(Follower).with_for_update()).one()
        follower.chat_count += 1

    for future in [writer.submit(Call(increment)) for n in range(100)]:
        future.result(timeout=20)
    with database.reading() as session:
        assert session.scalar(select(Follower.chat_count)) == 100


def test_reading_sessions_cannot_write(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session, pytest.raises(Exception, match="readonly"):
        session.execute(text("DELETE FROM followers"))
