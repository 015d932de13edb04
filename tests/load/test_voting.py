"""Bursts of five hundred ballots a second on one server: they queue, and nothing that was answered is lost."""

from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import insert, select
from starlette.responses import Response

from app.ballots import archive, running, verifying
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.h5.session import Cookies
from models import Ballot, Follower, Voter
from tests.app.ballots.station import Station, furnish_station
from tests.bench.load import drive
from tests.crash.server import Server
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import SECRET, make_settings

BURST = 500
BURSTS = 8


@pytest.mark.long
async def test_bursts_of_voters(sqlite_database: Database, tmp_path: Path) -> None:
    clock, keyring = SteppingClock(Clock().now()), Keyring(SECRET)
    furnish_station(sqlite_database, clock)
    round_id, voters = _opened(sqlite_database, clock, keyring)
    jar = Cookies(keyring, Clock(), secure=False)
    ballots = [_ballot(round_id, *voter, jar) for voter in voters]
    server = Server(make_settings(str(sqlite_database.url)), tmp_path)
    await server.start()
    try:
        port = urlsplit(server.url).port or 0
        # A second after the last burst, answered or not, each connection sends its next as soon as it can.
        report = await drive(port, [ballots[place::BURST] for place in range(BURST)], _is_counted, BURST)
    finally:
        await server.kill()
    assert (report.failures, len(report.latencies)) == (0, len(voters)), server.last_words()
    with sqlite_database.writing() as session:
        assert len(session.scalars(select(Voter.id)).all()) == len(voters)
        assert len(session.scalars(select(Ballot.seq)).all()) == len(voters)
        by = Station(session, clock, keyring).room.account("approver")
        closed = running.close(session, round_id, by=by, keyring=keyring, clock=clock)
        verdict = verifying.verify(archive.lines(session, closed, "2018"), (closed.tally or {})["head"])
    assert verdict.tally.ballots == len(voters)


def _opened(database: Database, clock: SteppingClock, keyring: Keyring) -> tuple[int, list[tuple[int, str]]]:
    """The round, and (id, openid) of everybody who will vote."""
    openids = [f"oLoad{number:023d}" for number in range(BURST * BURSTS)]
    with database.writing() as session:
        rows = [{"openid": openid, "subscribed": True, "created_at": clock.now()} for openid in openids]
        ids = session.scalars(insert(Follower).returning(Follower.id, sort_by_parameter_order=True), rows).all()
        round = Station(session, clock, keyring).opened()
        return round.id, list(zip(ids, openids, strict=True))


def _ballot(round_id: int, follower_id: int, openid: str, jar: Cookies) -> bytes:
    signed_in = Response()
    jar.sign_in(signed_in, follower_id, openid)
    cookie = signed_in.headers["set-cookie"].split(";")[0]
    body = urlencode({"token": jar.form_token(follower_id, openid), f"c{follower_id % 8 + 1}": "for"})
    head = (
        f"POST /h5/vote/{round_id} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def _is_counted(head: bytes, _body: bytes) -> bool:
    return head.startswith(b"HTTP/1.1 303")
