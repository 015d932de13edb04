"""What goes straight to the driver comes back as SQLAlchemy would have brought it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select

from app.crypto import Keyring
from app.database import Database
from app.quick import QUICK, QuickSession
from models import Follower, Round
from models.enums import RoundState
from tests.app.ballots.station import Station, furnish_station
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.installation import SECRET

PEOPLE, ROUNDS = Follower.metadata.tables["followers"], Round.metadata.tables["rounds"]
SOME = (
    select(PEOPLE).where(PEOPLE.c.id.in_(bindparam("ids", expanding=True))).order_by(PEOPLE.c.id)
).execution_options(**QUICK)
SINCE = (
    select(PEOPLE.c.openid, PEOPLE.c.created_at.label("since"))
    .where(PEOPLE.c.subscribed.is_(True), PEOPLE.c.created_at >= bindparam("since"))
    .order_by(PEOPLE.c.id)
).execution_options(**QUICK)
OPEN = select(ROUNDS).where(ROUNDS.c.state == RoundState.OPEN).execution_options(**QUICK)


@pytest.fixture
def filled(database: Database) -> Database:
    clock = SteppingClock(START)
    furnish_station(database, clock)
    with database.writing() as session:
        rows = [
            {"openid": f"o{number}", "subscribed": number % 3 != 0, "created_at": START + timedelta(hours=number)}
            for number in range(9)
        ]
        session.execute(insert(Follower), rows)
        Station(session, clock, Keyring(SECRET)).opened()
    return database


@pytest.mark.parametrize(
    ("statement", "params"),
    [
        (SOME, {"ids": [1, 2, 3]}),
        (SOME, {"ids": [4]}),
        (SOME, {"ids": [4, 99]}),
        (SINCE, {"since": START + timedelta(hours=4)}),
        (OPEN, {}),
    ],
)
def test_rows_are_the_same(filled: Database, statement: Any, params: Mapping[str, Any]) -> None:
    with filled.reading() as session:
        expected = [row._asdict() for row in session.execute(statement, params)]
    for _ in range(2):  # compiled, then known
        with QuickSession(filled.read) as session:
            found = session.execute(statement, params)
            assert [row._asdict() for row in found] == expected
            assert (found.first() is None) == (not expected)


def test_what_is_not_marked_goes_the_usual_way(filled: Database) -> None:
    with QuickSession(filled.read) as session:
        assert session.scalars(select(Follower.openid).order_by(Follower.id).limit(1)).one()


def test_each_look_sees_what_is_committed_and_gives_its_connection_back(filled: Database) -> None:
    for number in range(40):
        with QuickSession(filled.read) as session:
            seen = session.execute(SINCE, {"since": START + timedelta(days=1)})
        assert len(seen) == number
        with filled.writing() as session:
            session.add(Follower(openid=f"new{number}", subscribed=True, created_at=START + timedelta(days=2)))
    assert filled.read.pool.checkedout() == 0  # type: ignore[attr-defined]
