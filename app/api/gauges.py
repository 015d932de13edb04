"""What /metrics tells of the database: how things stand, rather than how often something happened.

It is the same whichever process is asked. It is looked up at most every ten seconds, and so rarely that it takes
no more than a twentieth of the time, whoever asks and however often.
"""

import platform as python
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from threading import Lock
from time import perf_counter

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import migrations
from app.ballots import told
from app.broadcasts import queries as broadcasts
from app.installation import Installation
from app.operators import log as action_log
from app.outbox import heartbeats, standing
from models.enums import BroadcastState

KEPT = timedelta(seconds=10)
TIMES_AS_LONG = 20
SHOWN = 12  # characters of a hash: enough to compare
SIZE_STEP = 16 * 1024**2  # bytes; finer, and it would tell how many have voted
EVERYWHERE = "; the same in every process"

log = structlog.get_logger(__name__)


class Gauges(Collector):
    """A service's own, made once. Without a database there are none: old numbers would mislead."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._looking = Lock()
        self._found: list[Metric] = []
        self._until: datetime | None = None

    def collect(self) -> Iterable[Metric]:
        """Whoever comes while another is looking gets what was found before."""
        if self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return [*self._found, *self._own()]

    def _look(self) -> None:
        now = self._installation.clock.wall()
        if self._until is not None and now < self._until:
            return
        begun = perf_counter()
        try:
            with self._installation.database.reading() as session:
                self._found = list(self._stored(session))
        except SQLAlchemyError as error:
            log.warning("gauges not read", error=type(error).__name__)
            self._found = []
        took = timedelta(seconds=perf_counter() - begun)
        self._until = now + max(KEPT, took * TIMES_AS_LONG)

    def _own(self) -> Iterator[Metric]:
        """Of this process, and of this moment."""
        waiting = "Pieces of writing that wait for the writer, in the process that answers"
        yield GaugeMetricFamily("shishi_writer_waiting", waiting, value=self._installation.writer.waiting)
        yield _info("shishi_build", "What runs here; schema is the revision of the tables it needs", [_build()])

    def _stored(self, session: Session) -> Iterator[Metric]:
        now, database = self._installation.clock.now(), self._installation.database
        yield from _ledger(session, now)
        yield from _background(session)
        yield from _chains(session, now)
        size = GaugeMetricFamily(
            "shishi_database_size_bytes", f"Size of the database, in steps of 16 MiB{EVERYWHERE}"
        )
        size.add_metric([], -(-database.size() // SIZE_STEP) * SIZE_STEP)
        yield size
        schema = {"revision": migrations.current(database.read) or ""}
        yield _info("shishi_schema", f"The revision of the tables there are{EVERYWHERE}", [schema])


def _ledger(session: Session, now: datetime) -> Iterator[Metric]:
    ledger = GaugeMetricFamily(
        "shishi_deliveries", f"Messages in the ledger{EVERYWHERE}", labels=["channel", "state"]
    )
    for part in standing.parts(session):
        ledger.add_metric([part.channel, part.state], part.messages)
    yield ledger
    oldest = standing.oldest_due(session, now)
    late = GaugeMetricFamily(
        "shishi_deliveries_oldest_due_seconds",
        f"For how long the message has been due that waits longest, broadcasts apart{EVERYWHERE}",
    )
    late.add_metric([], (now - oldest).total_seconds() if oldest else 0)
    yield late
    counted = broadcasts.by_state(session)
    states = GaugeMetricFamily("shishi_broadcasts", f"Broadcasts{EVERYWHERE}", labels=["state"])
    for state in BroadcastState:
        states.add_metric([state], counted.get(state, 0))
    yield states


def _background(session: Session) -> Iterator[Metric]:
    seen = heartbeats.last_seen(session)
    beat = GaugeMetricFamily(
        "shishi_background_last_seen_timestamp_seconds",
        f"When a process that does the background work was last seen at it{EVERYWHERE}",
    )
    if seen is not None:
        beat.add_metric([], seen.timestamp())
    yield beat


def _chains(session: Session, now: datetime) -> Iterator[Metric]:
    last = action_log.last(session)
    length = GaugeMetricFamily("shishi_action_log_entries", f"Entries of the operators' action log{EVERYWHERE}")
    length.add_metric([], last.id)
    yield length
    head = [{"hash": last.hash[:SHOWN]}]
    yield _info("shishi_action_log", f"Where the chain of the action log ends{EVERYWHERE}", head)
    rounds = told.rounds(session, now)
    heads = [{"round": str(one.round_id), "at": "open", "hash": one.opened[:SHOWN]} for one in rounds]
    heads += [
        {"round": str(one.round_id), "at": "close", "hash": one.closed[:SHOWN]} for one in rounds if one.closed
    ]
    what = "Where the chain of a round's ballots begins, and from the close on where it ends"
    yield _info("shishi_ballot_chain", f"{what}{EVERYWHERE}", heads, ["round", "at", "hash"])
    voters = GaugeMetricFamily(
        "shishi_voters",
        f"How many have voted, in rounds where anybody may know before the close, and in closed ones{EVERYWHERE}",
        labels=["round"],
    )
    for one in rounds:
        if one.voted is not None:
            voters.add_metric([str(one.round_id)], one.voted)
    yield voters


def _info(name: str, about: str, rows: list[dict[str, str]], labels: list[str] | None = None) -> Metric:
    """Words rather than numbers: each row is 1."""
    family = GaugeMetricFamily(f"{name}_info", about, labels=labels or list(rows[0]))
    for row in rows:
        family.add_metric(list(row.values()), 1)
    return family


@cache
def _build() -> dict[str, str]:
    return {"version": version("shishi"), "python": python.python_version(), "schema": migrations.head() or ""}
