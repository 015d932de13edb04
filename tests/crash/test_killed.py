"""Killed at any moment, the service loses nothing that it acknowledged and does nothing twice."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.campaigns.loader import load_toml
from app.campaigns.service import load, set_phase
from app.clock import Clock
from app.conversation.form import Form
from app.crypto import Keyring
from app.database import Database
from app.proposals.form import proposal_form
from tests.crash.held import Held, held_of
from tests.crash.server import Server
from tests.crash.worker import Worker
from tests.fixtures.installation import SECRET, make_settings
from tests.fixtures.platforms import account_of
from tests.fixtures.service import CAMPAIGN_FILE

SEED = 2018
LONGEST = 0.02  # seconds from what sets off a kill to the kill: longer than a turn takes

DEFINITION = load_toml(CAMPAIGN_FILE.read_text(encoding="utf-8"))


@dataclass
class Siege:
    """Workers talk to a server that is killed `kills` times, at moments drawn from the seed."""

    server: Server
    database: Database
    workers: list[Worker]
    moments: list[int]  # with which message or answer, counted over all workers, each kill is set off
    form: Form = field(default_factory=lambda: proposal_form(DEFINITION))
    keyring: Keyring = field(default_factory=lambda: Keyring(SECRET))
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    seen: int = 0
    strikes: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            killing = tasks.create_task(self._kill_and_restart())
            talking = [tasks.create_task(worker.talk(self._watch)) for worker in self.workers]
            await asyncio.wait([killing, *talking])

    def _watch(self) -> None:
        """At once, a kill meets answers of the same batch, committed and not yet heard; later, anything."""
        self.seen += 1
        if self.seen in self.moments:
            delay = self.chance.choice((0, self.chance.uniform(0, LONGEST)))
            asyncio.get_running_loop().call_later(delay, self.strikes.put_nowait, None)

    async def _kill_and_restart(self) -> None:
        for _ in self.moments:
            await self.strikes.get()
            await self.server.kill()
            self.check()
            await self.server.start()

    def check(self) -> None:
        """Everything acknowledged is there; of what was not, at most the one message that was under way."""
        with self.database.reading() as session:
            for worker in self.workers:
                check_worker(worker, held_of(session, worker.openid, self.form, self.keyring))


def check_worker(worker: Worker, held: list[Held]) -> None:
    begun = sum(bool(heard) for heard in worker.heard)
    assert begun <= len(held) <= begun + 1
    for dialogue, heard, kept in zip(worker.dialogues, worker.heard, held, strict=False):
        last = len(dialogue.messages())
        possible = [dialogue.held_after(len(heard)), dialogue.held_after(len(heard) + 1)]
        assert kept.answers in possible, f"after {len(heard)} messages"
        assert len(heard) < last or (kept.number and kept.number in heard[-1])
        assert kept.number is None or len(heard) >= last - 1


async def besieged(database: Database, directory: Path, *, people: int, dialogues: int, kills: int) -> list[str]:
    """The numbers of all proposals in the end."""
    settings = make_settings(database.url.render_as_string(hide_password=False))
    with database.writing() as session:
        load(session, DEFINITION, actor="cli:tester", clock=Clock())
        set_phase(session, DEFINITION.key, "collecting", "演练", actor="cli:tester", clock=Clock())
    async with _running(Server(settings, directory)) as server:
        account = account_of(settings.wechat)
        workers = [Worker(number, dialogues, account, server) for number in range(people)]
        messages = sum(len(dialogue.messages()) for worker in workers for dialogue in worker.dialogues)
        moments = random.Random(SEED).sample(range(1, 2 * messages), kills)
        siege = Siege(server, database, workers, sorted(moments))
        await siege.run()
        await server.kill()
        siege.check()
    with database.reading() as session:
        everything = [held_of(session, worker.openid, siege.form, siege.keyring) for worker in workers]
    assert all(len(held) == dialogues for held in everything)
    return [kept.number or "" for held in everything for kept in held]


@asynccontextmanager
async def _running(server: Server) -> AsyncIterator[Server]:
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


def in_a_row(count: int) -> list[str]:
    return [f"SS2018-{number:04d}" for number in range(1, count + 1)]


async def test_killed_while_a_few_write(sqlite_database: Database, tmp_path: Path) -> None:
    numbers = await besieged(sqlite_database, tmp_path, people=3, dialogues=3, kills=5)
    assert sorted(numbers) == in_a_row(9)


async def test_killed_in_the_middle_of_a_batch(sqlite_database: Database, tmp_path: Path) -> None:
    numbers = await besieged(sqlite_database, tmp_path, people=60, dialogues=1, kills=3)
    assert sorted(numbers) == in_a_row(60)


async def test_killed_on_postgresql(postgres_database: Database, tmp_path: Path) -> None:
    numbers = await besieged(postgres_database, tmp_path, people=8, dialogues=1, kills=2)
    assert sorted(numbers) == in_a_row(8)


@pytest.mark.long
async def test_a_hundred_kills(sqlite_database: Database, tmp_path: Path) -> None:
    numbers = await besieged(sqlite_database, tmp_path, people=8, dialogues=12, kills=100)
    assert sorted(numbers) == in_a_row(96)
