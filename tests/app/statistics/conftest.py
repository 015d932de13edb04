"""A campaign in a database, and proposals put there as directly as can be."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert

from app.database import Database
from models import Draft, Follower, Proposal
from models.enums import IntakeChannel, ProposalStatus
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.service import load_campaign

Put = Callable[..., int]


@pytest.fixture
def loaded(database: Database, clock: SteppingClock) -> Database:
    load_campaign(database, clock)
    return database


@pytest.fixture
def follower(loaded: Database) -> Callable[[], int]:
    """Adds somebody and gives the id."""
    running = count(1)

    def add() -> int:
        with loaded.writing() as session:
            person = Follower(openid=f"o{next(running):027d}", created_at=START)
            session.add(person)
            session.flush()
            return person.id

    return add


@pytest.fixture
def put(loaded: Database) -> Put:
    """Hands a proposal in and gives its id; what is not said is plain."""
    running = count(1)

    def put(**changes: Any) -> int:
        number = next(running)
        values = {
            "campaign_id": 1,
            "number": f"SS2018-{number:04d}",
            "channel": IntakeChannel.WECHAT,
            "status": ProposalStatus.SUBMITTED,
            "category": "health",
            "title": "午间健身课",
            "summary": "请教练来园区",
            "expected_outcome": "一年五十次",
            "submitted_at": START,
            **changes,
        }
        with loaded.writing() as session:
            session.execute(insert(Proposal).values(**values))
        return number

    return put


@pytest.fixture
def begin(loaded: Database, follower: Callable[[], int]) -> Callable[..., None]:
    """Begins a draft in which these questions were answered, each with what is given."""

    def begin(proposal_id: int | None = None, **answers: Any) -> None:
        draft = Draft(
            follower_id=follower(),
            campaign_id=1,
            proposal_id=proposal_id,
            state={"answers": answers, "editing": None, "fragments": {}},
            begun_at=START,
            touched_at=START,
        )
        with loaded.writing() as session:
            session.add(draft)

    return begin
