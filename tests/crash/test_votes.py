"""Killed while people vote: every ballot acknowledged is in the box, none twice, and the chain is whole."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from app.ballots import archive, composing, queries, running, verifying
from app.ballots.choices import Stance
from app.ballots.queries import Standing
from app.ballots.rules import RoundText
from app.campaigns.service import load, set_phase
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.followers.service import known
from app.triage.candidates import freeze_due, of_campaign
from models import Ballot, Round, Voter
from models.enums import PhaseKind, Role
from tests.app.ballots.station import add_candidate
from tests.app.triage.room import Room
from tests.crash.siege import besieged
from tests.crash.test_killed import DEFINITION
from tests.crash.worker import Worker
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import SECRET, make_settings

RECEIPT = re.compile(r"凭证号：([2-9A-Z-]{19})")
CANDIDATES = 8


@dataclass(frozen=True)
class Votes:
    """Somebody who changes their mind with every message, and never votes the same twice running."""

    voter: int
    times: int

    def messages(self) -> tuple[str, ...]:
        return tuple(f"投 {(self.voter + turn) % CANDIDATES + 1}" for turn in range(self.times))


async def voted(database: Database, directory: Path, *, people: int, times: int, kills: int) -> None:
    clock, keyring = SteppingClock(Clock().now()), Keyring(SECRET)
    round_id = opened(database, clock, keyring)

    def check(workers: list[Worker]) -> None:
        with database.reading() as session:
            in_the_box = list(session.scalars(select(Ballot.receipt)))
            voters = len(session.scalars(select(Voter.id)).all())
        acknowledged = [
            RECEIPT.findall(answer)[0] for worker in workers for heard in worker.heard for answer in heard
        ]
        assert set(acknowledged) <= set(in_the_box)
        assert len(acknowledged) == len(set(acknowledged))
        assert len(in_the_box) <= len(acknowledged) + len(workers), "at most one each was under way"
        assert voters <= len(workers)

    settings = make_settings(database.url.render_as_string(hide_password=False))
    workers = await besieged(
        settings, directory, [[Votes(number, times)] for number in range(people)], check, kills
    )
    with database.writing() as session:
        round = queries.by_id(session, round_id, keyring, clock.now())
        for number, worker in enumerate(workers):
            follower = known(session, [worker.openid])[worker.openid]
            person = queries.people(session, [follower.id], round.fixed.electorate)[follower.id]
            mine = queries.standing(session, round, person)
            assert isinstance(mine, Standing)
            assert mine.cast == times
            assert mine.receipt == RECEIPT.findall(worker.heard[0][-1])[0]
            assert round.slip.chosen(mine.choices, Stance.FOR) == [(number + times - 1) % CANDIDATES + 1]
        by = Room(session, clock).account("approver")
        closed = running.close(session, round_id, by=by, keyring=keyring, clock=clock)
        verdict = verifying.verify(archive.lines(session, closed, DEFINITION.key), (closed.tally or {})["head"])
    assert (verdict.tally.ballots, verdict.cast) == (people, people * times)


def opened(database: Database, clock: SteppingClock, keyring: Keyring) -> int:
    with database.writing() as session:
        load(session, DEFINITION, actor="cli:tester", clock=clock)
        room = Room(session, clock)
        for role in (Role.CAMPAIGNER, Role.APPROVER):
            room.operator(role.value, role)
        for number in range(CANDIDATES):
            add_candidate(room, f"项目{number}")
        set_phase(session, DEFINITION.key, PhaseKind.OPINION, "演练", actor="cli:tester", clock=clock)
        freeze_due(session, room.campaign, actor="cli:tester", clock=clock)
        ids = tuple(candidate.id for candidate in of_campaign(session, room.campaign.id))
        text = RoundText("演练", ids, 1, 1)
        by = room.account("campaigner")
        round: Round = composing.compose(session, DEFINITION.key, text, by=by, keyring=keyring, clock=clock)
        running.open_round(session, round.id, by=room.account("approver"), clock=clock)
        return round.id


async def test_killed_while_people_vote(sqlite_database: Database, tmp_path: Path) -> None:
    await voted(sqlite_database, tmp_path, people=12, times=4, kills=3)


@pytest.mark.long
async def test_killed_again_and_again_while_people_vote(database: Database, tmp_path: Path) -> None:
    await voted(database, tmp_path, people=40, times=10, kills=25)
