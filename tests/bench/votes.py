"""The vote page and the ballot POST on SQLite with synchronous=FULL, against the naive way."""

import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from random import Random

from sqlalchemy import insert
from starlette.responses import Response

import migrations
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.h5.session import Cookies
from models import Follower
from tests.app.ballots.station import Station, furnish_station
from tests.bench.base_page import CANDIDATES
from tests.bench.measuring import Round, Row, compared, measured, of_base
from tests.bench.servers import SECRET, Server, base, shishi
from tests.fixtures.clocks import SteppingClock

CONNECTIONS = 32
BALLOTS = 60  # of each connection in a round, each of another voter
PAGES = 60
CHOSEN = 10

# A cookie and the token of the form, as the page gave them.
Voter = tuple[str, str]


def rows(folder: Path, rounds: int) -> Iterator[Row]:
    url = f"sqlite:///{folder}/votes.db"
    round_id, voters = _opened(Database(url), rounds * CONNECTIONS * BALLOTS)
    naive = {"BASE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/base.db"}
    with ExitStack() as stack:
        page, ballot = stack.enter_context(base("page")), stack.enter_context(base("ballot", **naive))
        ours = stack.enter_context(shishi(url))
        each = iter(voters)
        pairs = [
            _turn(page, ballot, ours, round_id, list(islice(each, CONNECTIONS * BALLOTS))) for _ in range(rounds)
        ]
    pages, ballots = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    yield of_base("vote pages a second, FastAPI + Jinja2", pages)
    yield compared("vote pages a second, with the voter's ballot", pages, "2.0")
    yield of_base("ballots a second, FastAPI + async ORM", ballots)
    yield compared("ballots a second", ballots, "4.0")


def _turn(
    page: Server, ballot: Server, ours: Server, round_id: int, voters: list[Voter]
) -> tuple[tuple[Round, Round], tuple[Round, Round]]:
    """The ballots first, so that whoever opens the page has one."""
    ballots = (
        measured(ballot, _shared_out(_naive(voter) for voter in voters), _is_taken),
        measured(ours, _shared_out(_cast(round_id, voter) for voter in voters), _is_taken),
    )
    pages = (
        measured(page, _shared_out(_get(1, voter) for voter in voters), _is_page),
        measured(ours, _shared_out(_get(round_id, voter) for voter in voters), _is_own_page),
    )
    return pages, ballots


def _opened(database: Database, voters: int) -> tuple[int, list[Voter]]:
    """The round, and who will vote in it."""
    migrations.upgrade(database.write)
    clock, keyring = SteppingClock(Clock().now()), Keyring(SECRET)
    furnish_station(database, clock, [candidate.title for candidate in CANDIDATES])
    openids = [f"oBench{number:022d}" for number in range(voters)]
    with database.writing() as session:
        rows = [{"openid": openid, "subscribed": True, "created_at": clock.now()} for openid in openids]
        ids = session.scalars(insert(Follower).returning(Follower.id, sort_by_parameter_order=True), rows).all()
        round_id = Station(session, clock, keyring).opened(max_choices=CHOSEN).id
    jar = Cookies(keyring, Clock(), secure=False)
    return round_id, [_signed_in(jar, *who) for who in zip(ids, openids, strict=True)]


def _signed_in(jar: Cookies, follower_id: int, openid: str) -> Voter:
    response = Response()
    jar.sign_in(response, follower_id, openid)
    return response.headers["set-cookie"].split(";")[0], jar.form_token(follower_id, openid)


def _shared_out(requests: Iterator[bytes]) -> list[list[bytes]]:
    all_of_them = list(requests)
    return [all_of_them[place::CONNECTIONS] for place in range(CONNECTIONS)]


def _get(round_id: int, voter: Voter) -> bytes:
    return f"GET /h5/vote/{round_id} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {voter[0]}\r\n\r\n".encode()


def _cast(round_id: int, voter: Voter) -> bytes:
    return _post(round_id, voter, [("token", voter[1]), *((f"c{number}", "for") for number in _choices(voter))])


def _naive(voter: Voter) -> bytes:
    return _post(1, voter, [("token", voter[1]), *(("choices", str(number)) for number in _choices(voter))])


def _choices(voter: Voter) -> list[int]:
    return Random(voter[0]).sample(range(1, len(CANDIDATES) + 1), CHOSEN)


def _post(round_id: int, voter: Voter, fields: list[tuple[str, str]]) -> bytes:
    body = urllib.parse.urlencode(fields)
    head = (
        f"POST /h5/vote/{round_id} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {voter[0]}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def _is_taken(head: bytes, _body: bytes) -> bool:
    return head.startswith(b"HTTP/1.1 303")


def _is_page(head: bytes, body: bytes) -> bool:
    return head.startswith(b"HTTP/1.1 200") and len(body) > 10_000


def _is_own_page(head: bytes, body: bytes) -> bool:
    return _is_page(head, body) and "您已经投过票".encode() in body
