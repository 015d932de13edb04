"""What goes when: replies after three days, fingerprints and codes after an hour, nothing earlier."""

from datetime import timedelta

from sqlalchemy import func, select

from app.database import Database
from app.jobs import housekeeping
from app.jobs.housekeeping import CHORES, Chore
from models import Base, CallbackRequest, Follower, Inbound, OAuthCode
from tests.fixtures.clocks import START


def keep_house(database: Database, after: timedelta) -> None:
    for chore in CHORES:
        with database.writing() as session:
            chore(session, START + after)


def count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def fill(database: Database) -> None:
    with database.writing() as session:
        follower = Follower(openid="one", created_at=START)
        session.add(follower)
        session.flush()
        session.add(Inbound(key=b"k" * 16, follower_id=follower.id, received_at=START, reply="好"))
        session.add(CallbackRequest(fingerprint=b"f" * 16, body=b"b" * 16, received_at=START))
        session.add(OAuthCode(digest="d", follower_id=follower.id, used_at=START))


def test_each_goes_in_its_time(database: Database) -> None:
    fill(database)
    keep_house(database, timedelta(hours=1))
    assert [count(database, table) for table in (Inbound, CallbackRequest, OAuthCode)] == [1, 1, 1]
    keep_house(database, timedelta(hours=1, seconds=1))
    assert [count(database, table) for table in (Inbound, CallbackRequest, OAuthCode)] == [1, 0, 0]
    keep_house(database, timedelta(hours=72))
    assert count(database, Inbound) == 1
    keep_house(database, timedelta(hours=72, seconds=1))
    assert count(database, Inbound) == 0


def test_a_slice_takes_so_many_and_tells_how_many(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        rows = (
            CallbackRequest(fingerprint=number.to_bytes(16), body=b"b", received_at=START)
            for number in range(housekeeping.SLICE + 7)
        )
        session.add_all(rows)
    chore: Chore = housekeeping.forget_fingerprints
    taken = []
    for _ in range(2):
        with sqlite_database.writing() as session:
            taken.append(chore(session, START + timedelta(days=1)))
    assert taken == [housekeeping.SLICE, 7]
