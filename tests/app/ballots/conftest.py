"""A polling station on both databases."""

from collections.abc import Iterator

import pytest

from app.crypto import Keyring
from app.database import Database
from tests.app.ballots.station import Station, furnish_station
from tests.fixtures.clocks import SteppingClock

SECRET = "a secret of the polling station, for tests alone"


@pytest.fixture
def polling(database: Database, clock: SteppingClock) -> Database:
    """Everything that stands here is committed."""
    furnish_station(database, clock)
    return database


@pytest.fixture
def station(polling: Database, clock: SteppingClock) -> Iterator[Station]:
    """One transaction, in which a test does all it does."""
    with polling.writing() as session:
        yield Station(session, clock, Keyring(SECRET))
