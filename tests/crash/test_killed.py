"""Killed at any moment, the service loses nothing that it acknowledged and does nothing twice."""

from pathlib import Path

import pytest

from app.campaigns.loader import load_toml
from app.campaigns.service import load, set_phase
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.proposals.form import proposal_form
from tests.crash.dialogue import Dialogue
from tests.crash.held import Held, held_of
from tests.crash.siege import besieged
from tests.crash.worker import Worker
from tests.fixtures.installation import SECRET, make_settings
from tests.fixtures.service import CAMPAIGN_FILE

DEFINITION = load_toml(CAMPAIGN_FILE.read_text(encoding="utf-8"))


async def handed_in(database: Database, directory: Path, *, people: int, dialogues: int, kills: int) -> list[str]:
    """The numbers of all proposals in the end."""
    form, keyring = proposal_form(DEFINITION), Keyring(SECRET)

    def check(workers: list[Worker]) -> None:
        """Everything acknowledged is there; of what was not, at most the one message that was under way."""
        with database.reading() as session:
            for worker in workers:
                check_worker(worker, own[worker.openid], held_of(session, worker.openid, form, keyring))

    settings = make_settings(database.url.render_as_string(hide_password=False))
    with database.writing() as session:
        load(session, DEFINITION, actor="cli:tester", clock=Clock())
        set_phase(session, DEFINITION.key, "collecting", "演练", actor="cli:tester", clock=Clock())
    scripts = [[Dialogue(author, number) for number in range(dialogues)] for author in range(people)]
    own = {Worker.openid_of(author): script for author, script in enumerate(scripts)}
    workers = await besieged(settings, directory, scripts, check, kills)
    with database.reading() as session:
        everything = [held_of(session, worker.openid, form, keyring) for worker in workers]
    assert all(len(held) == dialogues for held in everything)
    return [kept.number or "" for held in everything for kept in held]


def check_worker(worker: Worker, dialogues: list[Dialogue], held: list[Held]) -> None:
    begun = sum(bool(heard) for heard in worker.heard)
    assert begun <= len(held) <= begun + 1
    for dialogue, heard, kept in zip(dialogues, worker.heard, held, strict=False):
        last = len(dialogue.messages())
        possible = [dialogue.held_after(len(heard)), dialogue.held_after(len(heard) + 1)]
        assert kept.answers in possible, f"after {len(heard)} messages"
        assert len(heard) < last or (kept.number and kept.number in heard[-1])
        assert kept.number is None or len(heard) >= last - 1


def in_a_row(count: int) -> list[str]:
    return [f"SS2018-{number:04d}" for number in range(1, count + 1)]


@pytest.mark.long
async def test_killed_while_a_few_write(sqlite_database: Database, tmp_path: Path) -> None:
    numbers = await handed_in(sqlite_database, tmp_path, people=3, dialogues=3, kills=5)
    assert sorted(numbers) == in_a_row(9)


@pytest.mark.long
async def test_killed_in_the_middle_of_a_batch(sqlite_database: Database, tmp_path: Path) -> None:
    numbers = await handed_in(sqlite_database, tmp_path, people=60, dialogues=1, kills=3)
    assert sorted(numbers) == in_a_row(60)


async def test_killed_on_postgresql(postgres_database: Database, tmp_path: Path) -> None:
    numbers = await handed_in(postgres_database, tmp_path, people=8, dialogues=1, kills=2)
    assert sorted(numbers) == in_a_row(8)


@pytest.mark.long
async def test_a_hundred_kills(sqlite_database: Database, tmp_path: Path) -> None:
    numbers = await handed_in(sqlite_database, tmp_path, people=8, dialogues=12, kills=100)
    assert sorted(numbers) == in_a_row(96)
