"""Two services and two workers on one PostgreSQL, each killed in turn while people write and vote and a broadcast
goes out: nothing acknowledged is lost, nothing is done twice, and whoever writes to one service after the other is
answered in order."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.ballots import archive, queries, verifying
from app.ballots import running as rounds
from app.ballots.choices import Stance
from app.ballots.queries import Standing
from app.campaigns.service import set_phase
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.followers.service import known
from app.proposals.form import proposal_form
from app.settings import PushSettings, Settings
from models import Ballot, Campaign
from models.enums import DeliveryState
from tests.app.triage.room import Room
from tests.crash.dialogue import Dialogue, Script
from tests.crash.far import Far, by_state, done, listening, released, running, towards
from tests.crash.held import held_of
from tests.crash.server import DoorsAlone, Process, Replicas
from tests.crash.test_killed import DEFINITION, check_worker, in_a_row
from tests.crash.test_votes import CANDIDATES, RECEIPT, Votes, opened
from tests.crash.worker import Worker
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import SECRET, make_settings
from tests.fixtures.platforms import account_of

PEOPLE = 24
TIMES = 12  # that each of them votes, another way each time
RECIPIENTS = 4_000
A_SECOND = 120.0  # so that the broadcast goes on while all of this happens
KEYRING = Keyring(SECRET)


@pytest.mark.long
async def test_each_is_killed_in_turn(postgres_database: Database, tmp_path: Path, far: Far) -> None:
    database = postgres_database
    url = database.url.render_as_string(hide_password=False)
    settings = make_settings(url, push=PushSettings(per_second=A_SECOND, quiet_hours=""))
    broadcast_id, openids = released(database, settings, far.platform, "template", RECIPIENTS)
    clock = SteppingClock(Clock().now())  # whoever comes from here on was not released to
    round_id = opened(database, clock, KEYRING)
    with database.writing() as session:  # the proposals that the candidates grew from have taken these
        session.execute(update(Campaign).values(last_number=CANDIDATES))
    async with listening(far) as address, AsyncExitStack() as stack:
        more = towards(settings, address)
        services = [await stack.enter_async_context(running(DoorsAlone(settings, tmp_path, **more))) for _ in "AB"]
        workers = [await stack.enter_async_context(running(Process(settings, tmp_path, **more))) for _ in "AB"]
        replicas = Replicas(*services)
        _turn_to(database, "collecting")
        proposals = [[Dialogue(number, 0)] for number in range(PEOPLE)]
        authors = await _talked(settings, replicas, proposals, [services[0], workers[0]])
        _turn_to(database, "opinion")
        voters = await _talked(
            settings, replicas, [[Votes(number, TIMES)] for number in range(PEOPLE)], [services[1], workers[1]]
        )
        await done(database, broadcast_id)
    assert far.got == Counter(openids), "everybody once"
    assert by_state(database, broadcast_id) == {DeliveryState.SENT: openids}
    assert far.called["/cgi-bin/stable_token"] + far.called["/cgi-bin/token"] == 1, "one refresher for all"
    _check_proposals(database, authors, proposals)
    _check_votes(database, clock, round_id, voters)


def _turn_to(database: Database, phase: str) -> None:
    with database.writing() as session:
        set_phase(session, DEFINITION.key, phase, "演练", actor="cli:tester", clock=Clock())


async def _talked(
    settings: Settings, replicas: Replicas, scripts: Sequence[Sequence[Script]], victims: Sequence[Process]
) -> list[Worker]:
    """Each has said all of theirs. In between, the victims were killed, one after the other, and started again."""
    account = account_of(settings.wechat)
    people = [Worker(number, own, account, replicas) for number, own in enumerate(scripts)]
    messages = sum(len(script.messages()) for own in scripts for script in own)
    seen, moment = 0, asyncio.Condition()

    async def strike() -> None:
        for place, victim in enumerate(victims, start=1):
            share = place / (len(victims) + 1)
            async with moment:
                await moment.wait_for(lambda share=share: seen > 2 * messages * share)  # type: ignore[misc]
            await victim.kill()
            await victim.start()

    async def told() -> None:
        async with moment:
            moment.notify_all()

    def watch() -> None:
        nonlocal seen
        seen += 1
        tasks.create_task(told())

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(strike())
        for person in people:
            tasks.create_task(person.talk(watch))
    return people


def _check_proposals(database: Database, authors: list[Worker], scripts: Sequence[list[Dialogue]]) -> None:
    form = proposal_form(DEFINITION)
    with database.reading() as session:
        held = [held_of(session, author.openid, form, KEYRING) for author in authors]
    for author, script, kept in zip(authors, scripts, held, strict=True):
        check_worker(author, script, kept)
    numbers = [one.number or "" for kept in held for one in kept]
    assert sorted(numbers) == in_a_row(CANDIDATES + len(authors))[CANDIDATES:]


def _check_votes(database: Database, clock: SteppingClock, round_id: int, voters: list[Worker]) -> None:
    with database.writing() as session:
        round = queries.by_id(session, round_id, KEYRING, clock.now())
        assert session.scalar(select(func.count()).select_from(Ballot)) == PEOPLE * TIMES
        for number, voter in enumerate(voters):
            follower = known(session, [voter.openid])[voter.openid]
            person = queries.people(session, [follower.id], round.fixed.electorate)[follower.id]
            mine = queries.standing(session, round, person)
            assert isinstance(mine, Standing)
            assert mine.receipt == RECEIPT.findall(voter.heard[0][-1])[0], "the last one counts"
            assert round.slip.chosen(mine.choices, Stance.FOR) == [(number + TIMES - 1) % CANDIDATES + 1]
        by = Room(session, clock).account("approver")
        closed = rounds.close(session, round_id, by=by, keyring=KEYRING, clock=clock)
        verdict = verifying.verify(archive.lines(session, closed, DEFINITION.key), (closed.tally or {})["head"])
    assert (verdict.tally.ballots, verdict.cast) == (PEOPLE, PEOPLE * TIMES)
