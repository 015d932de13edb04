"""/metrics: who may read it, what it tells of the database, and that nobody learns from it how many have voted."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families as families
from sqlalchemy import create_engine, event

from app.ballots.casting import CastBallot
from app.ballots.choices import Choices, Stance
from app.ballots.queries import RoundView
from app.installation import Installation
from app.operators import log
from app.outbox.heartbeats import Pulse
from models import Box, Delivery, Round
from models.enums import DeliveryState, Role, Turnout
from tests.app.api.conftest import OPENID, Client
from tests.app.ballots.station import Station, put_up
from tests.fixtures.clocks import START, SteppingClock

Samples = dict[str, float]


async def scrape(client: Client) -> Samples:
    """By name and labels, as one would write them."""
    answer = await client(None).get("/metrics")
    assert answer.status_code == 200
    return {
        f"{sample.name}{_written(sample.labels)}": sample.value
        for family in families(answer.text)
        for sample in family.samples
    }


def _written(labels: dict[str, str]) -> str:
    return "{" + ",".join(f"{name}={value}" for name, value in sorted(labels.items())) + "}" if labels else ""


def delivery(number: int, state: DeliveryState, **changes: object) -> Delivery:
    values = {"channel": "customer", "kind": "answer", "due_at": START, "created_at": START} | changes
    return Delivery(key=str(number), openid=OPENID, body={}, state=state, **values)


@pytest.fixture
def ledger(installation: Installation) -> None:
    states = (DeliveryState.PENDING, DeliveryState.PENDING, DeliveryState.SENT)
    with installation.database.writing() as session:
        session.add_all(delivery(number, state) for number, state in enumerate(states))
        session.add(delivery(9, DeliveryState.UNKNOWN, channel="template"))


async def test_the_ledger_is_told_by_channel_and_state(
    client: Client, installation: Installation, clock: SteppingClock, ledger: None
) -> None:
    clock.advance(minutes=3)
    told = await scrape(client)
    assert {name: value for name, value in told.items() if name.startswith("shishi_deliveries{")} == {
        "shishi_deliveries{channel=customer,state=pending}": 2,
        "shishi_deliveries{channel=customer,state=sent}": 1,
        "shishi_deliveries{channel=template,state=unknown}": 1,
    }
    assert told["shishi_deliveries_oldest_due_seconds"] == 180


async def test_what_is_not_due_yet_waits_for_nobody(client: Client, installation: Installation) -> None:
    with installation.database.writing() as session:
        session.add(delivery(1, DeliveryState.PENDING, due_at=START + timedelta(hours=1)))
    assert (await scrape(client))["shishi_deliveries_oldest_due_seconds"] == 0


async def test_how_the_installation_stands_is_told(
    client: Client, installation: Installation, clock: SteppingClock
) -> None:
    with installation.database.writing() as session:
        Pulse(clock).beat(session, clock.now())
        last = log.last(session)
    told = await scrape(client)
    assert told["shishi_background_last_seen_timestamp_seconds"] == START.timestamp()
    assert told["shishi_action_log_entries"] == last.id
    assert told[f"shishi_action_log_info{{hash={last.hash[:12]}}}"] == 1
    assert told["shishi_database_size_bytes"] == 16 * 1024**2
    assert told["shishi_writer_waiting"] == 0
    [build] = [name for name in told if name.startswith("shishi_build_info")]
    [schema] = [name for name in told if name.startswith("shishi_schema_info")]
    assert schema.split("=")[1].rstrip("}") in build


async def test_ten_who_ask_cost_no_more_than_one(
    client: Client, installation: Installation, clock: SteppingClock, ledger: None
) -> None:
    await scrape(client)
    statements = list[str]()
    event.listen(installation.database.read, "before_cursor_execute", lambda *given: statements.append(given[2]))
    for _ in range(10):
        clock.advance(seconds=0.9)
        await scrape(client)
    assert statements == []
    clock.advance(seconds=1)
    await scrape(client)
    assert statements


@pytest.fixture
def gone(installation: Installation) -> Iterator[None]:
    database = installation.database
    reading, database.read = database.read, create_engine(database.url.set(database="/nowhere/shishi.db"))
    yield
    database.read = reading


async def test_without_a_database_the_other_numbers_are_told(
    client: Client, request: pytest.FixtureRequest, clock: SteppingClock, ledger: None
) -> None:
    assert "shishi_deliveries_oldest_due_seconds" in await scrape(client)
    request.getfixturevalue("gone")
    clock.advance(seconds=11)
    told = await scrape(client)
    assert "shishi_writer_waiting" in told
    assert not [name for name in told if name.startswith("shishi_deliveries")]


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7", "testclient"])
async def test_from_elsewhere_the_numbers_take_a_token(client: Client, host: str) -> None:
    refused = await client(None, host).get("/metrics")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (await client(Role.AUDITOR, host).get("/metrics")).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_a_proxy_on_this_machine_is_not_this_machine(client: Client, header: str) -> None:
    answer = await client(None).get("/metrics", headers={header: "127.0.0.1"})
    assert answer.status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_this_machine_needs_no_token(client: Client, host: str) -> None:
    assert (await client(None, host).get("/metrics")).status_code == 200


class Poll:
    """An open round in the service, for which people vote on pages."""

    def __init__(self, installation: Installation, clock: SteppingClock) -> None:
        self.installation, self.clock = installation, clock

    def open(self, turnout: Turnout) -> None:
        with self.installation.database.writing() as session:
            station = Station(session, self.clock, self.installation.keyring)
            put_up(station.room)
            self.round_id = station.opened(turnout=turnout).id

    def votes(self, *names: str) -> None:
        with self.installation.database.writing() as session:
            room = Station(session, self.clock, self.installation.keyring).room
            ids = [room.follower_id(name) for name in names]

        def read(round: RoundView) -> Choices:
            return round.fixed.ballot_type.checked(round.slip, {1: Stance.FOR})

        keyring, clock = self.installation.keyring, self.clock
        for id in ids:
            work = CastBallot(self.round_id, id, lambda _person: None, read, None, keyring, clock)
            self.installation.writer.submit(work).result()

    def close(self) -> None:
        with self.installation.database.writing() as session:
            station = Station(session, self.clock, self.installation.keyring)
            station.closed(session.get_one(Round, self.round_id))

    def box(self) -> Box:
        with self.installation.database.reading() as session:
            return session.get_one(Box, self.round_id)


@pytest.fixture
def poll(installation: Installation, clock: SteppingClock, tokens: dict[Role, str]) -> Poll:
    """With the operators that have these tokens."""
    return Poll(installation, clock)


@pytest.mark.parametrize("turnout", [Turnout.NOBODY, Turnout.OPERATORS])
async def test_ballots_leave_no_trace_in_the_numbers(
    client: Client, poll: Poll, clock: SteppingClock, turnout: Turnout
) -> None:
    poll.open(turnout)
    before = await scrape(client)
    poll.votes("甲", "乙", "丙")
    clock.advance(seconds=11)
    assert await scrape(client) == before
    box = poll.box()
    [chain] = [name for name in before if name.startswith("shishi_ballot_chain_info")]
    assert box.head_at_open[:12] in chain
    assert box.head != box.head_at_open


async def test_where_anybody_may_know_how_many_voted_is_told(
    client: Client, poll: Poll, clock: SteppingClock
) -> None:
    poll.open(Turnout.EVERYONE)
    poll.votes("甲", "乙", "丙")
    told = await scrape(client)
    assert told[f"shishi_voters{{round={poll.round_id}}}"] == 3
    assert not [name for name in told if "at=close" in name]


async def test_from_the_close_on_the_end_of_the_chain_is_told(
    client: Client, poll: Poll, clock: SteppingClock
) -> None:
    poll.open(Turnout.NOBODY)
    poll.votes("甲")
    poll.close()
    told = await scrape(client)
    chain = f"shishi_ballot_chain_info{{at=close,hash={poll.box().head[:12]},round={poll.round_id}}}"
    assert told[chain] == 1
    assert told[f"shishi_voters{{round={poll.round_id}}}"] == 1
