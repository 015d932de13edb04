"""On PostgreSQL: somebody votes while a colleague closes the round in another process."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from app.ballots import archive, verifying
from app.ballots.booth import Booth
from app.ballots.choices import Stance
from app.crypto import Keyring
from app.database import Database
from app.errors import Conflict
from models import Box, Round
from models.enums import BallotWay
from tests.app.ballots.station import Station, furnish_station
from tests.fixtures.clocks import SteppingClock


def test_whoever_waits_behind_the_close_is_refused(
    postgres_database: Database, clock: SteppingClock, keyring: Keyring
) -> None:
    furnish_station(postgres_database, clock)
    with postgres_database.writing() as session:
        station = Station(session, clock, keyring)
        round_id = station.opened().id
        station.votes("张三", session.get_one(Round, round_id), 1)
        late_id = station.room.follower_id("李四")

    def vote_late() -> None:
        with postgres_database.writing() as session:
            booth = Booth.enter(session, round_id, [late_id], keyring, clock)
            choices = booth.round.slip.choices({2: Stance.FOR})
            booth.cast(booth.people[late_id], choices, None, BallotWay.PAGE)
            booth.leave(session)

    with ThreadPoolExecutor(1) as threads:
        with postgres_database.writing() as session:
            Station(session, clock, keyring).closed(session.get_one(Round, round_id))
            voting = threads.submit(vote_late)
            with suppress(TimeoutError):
                voting.result(timeout=0.5)
            assert not voting.done(), "it waits for the box"
        with pytest.raises(Conflict):
            voting.result()
    with postgres_database.reading() as session:
        round, box = session.get_one(Round, round_id), session.get_one(Box, round_id)
        assert box.size == 1
        assert round.tally
        assert verifying.verify(archive.lines(session, round, "2018"), round.tally["head"]).cast == 1
