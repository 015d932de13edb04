"""Bursts of five hundred ballots a second on one server: they queue, and nothing that was answered is lost."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import insert, select
from starlette.responses import Response

from app.ballots import archive, running, verifying
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.h5.session import SESSION, Cookies
from models import Ballot, Follower, Voter
from tests.app.ballots.station import Station, furnish_station
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
    server = Server(make_settings(str(sqlite_database.url)), tmp_path)
    await server.start()
    try:
        parts = urlsplit(server.url)
        statuses = await _vote(
            f"{parts.scheme}://{parts.netloc}", round_id, voters, Cookies(keyring, Clock(), secure=False)
        )
    finally:
        await server.kill()
    assert statuses == [303] * len(voters), server.last_words()
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


async def _vote(address: str, round_id: int, voters: list[tuple[int, str]], jar: Cookies) -> list[int]:
    """One burst a second, whether or not the one before is answered."""
    limits = httpx.Limits(max_connections=BURST, max_keepalive_connections=BURST)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60) as client:
        waiting: list[asyncio.Task[int]] = []
        for start in range(0, len(voters), BURST):
            burst = voters[start : start + BURST]
            waiting += [asyncio.create_task(_cast(client, round_id, *voter, jar)) for voter in burst]
            await asyncio.wait(waiting, timeout=1)
        return list(await asyncio.gather(*waiting))


async def _cast(client: httpx.AsyncClient, round_id: int, follower_id: int, openid: str, jar: Cookies) -> int:
    response = Response()
    jar.sign_in(response, follower_id, openid)
    session = response.headers["set-cookie"].split(";")[0]
    assert session.startswith(SESSION)
    fields = {"token": jar.form_token(follower_id, openid), f"c{follower_id % 8 + 1}": "for"}
    answer = await client.post(f"/h5/vote/{round_id}", data=fields, headers={"cookie": session})
    return answer.status_code
