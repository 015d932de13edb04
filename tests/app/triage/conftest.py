"""The room of sifting on both databases, in the phase of sifting."""

from collections.abc import Iterator

import pytest

from app.campaigns.service import set_phase
from app.database import Database
from models.enums import PhaseKind
from tests.app.triage.room import Room, furnish
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import load_campaign


@pytest.fixture
def sifting(database: Database, clock: SteppingClock) -> Database:
    """Everything that stands here is committed."""
    load_campaign(database, clock)
    with database.writing() as session:
        set_phase(session, "2018", PhaseKind.SCREENING, "开会定的", actor="cli:tester", clock=clock)
        furnish(Room(session, clock))
    return database


@pytest.fixture
def room(sifting: Database, clock: SteppingClock) -> Iterator[Room]:
    """One transaction, in which a test does all it does."""
    with sifting.writing() as session:
        yield Room(session, clock)
