"""Filling a ballot box, counting it, checking its archive."""

import statistics
from collections.abc import Iterator, Mapping
from functools import partial
from random import Random
from typing import NamedTuple

from sqlalchemy import insert

import migrations
from app.ballots import archive, counting, queries, verifying
from app.ballots.booth import Booth
from app.ballots.choices import Stance
from app.ballots.tally import tally
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from models import Follower, Round
from models.enums import BallotWay
from tests.app.ballots.station import Station, furnish_station
from tests.bench.measuring import Row, grown, milliseconds, seconds_of
from tests.fixtures.clocks import SteppingClock

SECRET = "a secret of the benchmark, of at least 32 characters"
CANDIDATES = 20
CHOSEN = 10
BATCH = 256
SIZES = (15_000, 150_000)
TIMES = 5


def rows(databases: Mapping[str, str]) -> Iterator[Row]:
    for name, url in databases.items():
        yield from _rows(name, Database(url))


def _rows(name: str, database: Database) -> Iterator[Row]:
    migrations.upgrade(database.write)
    clock, keyring = SteppingClock(), Keyring(SECRET)
    furnish_station(database, clock, [f"候选项目{number}" for number in range(1, CANDIDATES + 1)])
    tallied = {}
    for voters in SIZES:
        poll = _opened(database, clock, keyring)
        seconds = seconds_of(partial(_fill, poll, _followers(database, voters, clock)))
        tallied[voters] = statistics.median(seconds_of(partial(_count, poll)) for _ in range(TIMES))
    many, lines = SIZES[-1], list[str]()
    yield Row(f"ballots a second, {BATCH} at a time, {name}", f"{many / seconds:,.0f}", "", "")
    yield Row(f"tally of {many:,} ballots, {name}", milliseconds(tallied[many]), "", "< 300 ms")
    yield grown(f"tally, a ballot of ten times as many, {name}", tallied)
    yield Row(f"closing, with the archive's head, {name}", f"{seconds_of(partial(_close, poll)):.1f} s", "", "")
    taken = seconds_of(partial(_archive, poll, lines))
    yield Row(f"archive of {len(lines):,} lines, {name}", f"{taken:.1f} s", "", "")
    yield Row(f"the same verified, {name}", f"{seconds_of(partial(verifying.verify, lines)):.1f} s", "", "")
    database.close()


class Poll(NamedTuple):
    database: Database
    round_id: int
    keyring: Keyring
    clock: SteppingClock


def _opened(database: Database, clock: SteppingClock, keyring: Keyring) -> Poll:
    with database.writing() as session:
        round = Station(session, clock, keyring).opened(max_choices=CHOSEN)
        return Poll(database, round.id, keyring, clock)


def _close(poll: Poll) -> None:
    with poll.database.writing() as session:
        station = Station(session, poll.clock, poll.keyring)
        station.closed(session.get_one(Round, poll.round_id))


def _archive(poll: Poll, lines: list[str]) -> None:
    with poll.database.reading() as session:
        lines.extend(archive.lines(session, session.get_one(Round, poll.round_id), "2018"))


def _followers(database: Database, number: int, clock: Clock) -> list[int]:
    with database.writing() as session:
        rows = [
            {"openid": f"oBench{number}-{one}", "subscribed": True, "created_at": clock.now()}
            for one in range(number)
        ]
        return list(session.scalars(insert(Follower).returning(Follower.id), rows))


def _fill(poll: Poll, ids: list[int]) -> None:
    chance = Random(2018)
    for at in range(0, len(ids), BATCH):
        with poll.database.writing() as session:
            booth = Booth.enter(session, poll.round_id, ids[at : at + BATCH], poll.keyring, poll.clock)
            for person in booth.people.values():
                chosen = chance.sample(booth.round.slip.numbers, CHOSEN)
                choices = booth.round.slip.choices(dict.fromkeys(chosen, Stance.FOR))
                booth.cast(person, choices, None, BallotWay.PAGE)
            booth.leave(session)


def _count(poll: Poll) -> None:
    with poll.database.reading() as session:
        round = queries.by_id(session, poll.round_id, poll.keyring, poll.clock.now())
        assert round.fixed.key is not None
        tally(counting.opened(session, poll.round_id, round.fixed.key), round.slip, round.seed)
