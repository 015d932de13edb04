"""Unfinished proposals: who hears of theirs before collecting ends, and who is left in peace."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.campaigns import queries as campaigns
from app.campaigns.service import load, set_phase
from app.database import Database
from app.proposals.reminding import Reminders
from app.settings import ChatSettings
from models import Delivery, Draft, Follower
from models.enums import PhaseKind
from tests.crash.test_killed import DEFINITION
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import make_settings

END = datetime(2017, 12, 25, 16, 0, tzinfo=UTC)  # midnight in Shanghai
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock(END - 32 * HOUR)  # four in the afternoon of the day before


@pytest.fixture
def reminders(clock: SteppingClock) -> Reminders:
    return Reminders.of(make_settings(), clock)


@pytest.fixture
def campaign(database: Database, clock: SteppingClock) -> int:
    with database.writing() as session:
        load(session, DEFINITION, actor="cli:tester", clock=clock)
        return campaigns.current(session, clock).id


def unfinished(
    database: Database, campaign: int, clock: SteppingClock, wrote: float = 2, subscribed: bool = True, **said: Any
) -> None:
    """A draft of somebody who wrote to us so many hours ago."""
    now = clock.now()
    with database.writing() as session:
        person = Follower(openid="o1", subscribed=subscribed, created_at=now, message_window_at=now - wrote * HOUR)
        session.add(person)
        session.flush()
        moments = {"begun_at": now - 30 * HOUR, "touched_at": now - 2 * HOUR}
        session.add(Draft(**{"follower_id": person.id, "campaign_id": campaign, "state": {}, **moments, **said}))


def owe(database: Database, reminders: Reminders) -> int:
    with database.writing() as session:
        return reminders.owe(session)


def test_once_before_the_end(
    database: Database, campaign: int, clock: SteppingClock, reminders: Reminders
) -> None:
    unfinished(database, campaign, clock)
    assert [owe(database, reminders), owe(database, reminders)] == [1, 0]
    with database.reading() as session:
        [owed] = session.scalars(select(Delivery))
    assert (owed.openid, owed.kind, owed.expires_at) == ("o1", "reminder", END)
    assert "2017年12月25日24:00截止" in owed.body["text"]
    assert "继续" in owed.body["text"]


@pytest.mark.parametrize(
    "said",
    [
        {"shelved": True},
        {"subscribed": False},
        {"wrote": 49},
        {"touched_at": END - 32 * HOUR},
        {"touched_at": END - 62 * HOUR, "begun_at": END - 62 * HOUR},
    ],
    ids=["put aside", "gone", "window closed", "just writing", "nothing written"],
)
def test_who_is_left_in_peace(
    database: Database, campaign: int, clock: SteppingClock, reminders: Reminders, said: dict[str, Any]
) -> None:
    unfinished(database, campaign, clock, **said)
    assert owe(database, reminders) == 0


@pytest.mark.parametrize(
    ("before", "reminded"), [(49, 0), (48, 0), (40, 1), (20, 0), (2.1, 1), (2, 0), (0, 0), (-9, 0)]
)
def test_only_in_time_and_by_day(
    database: Database, campaign: int, clock: SteppingClock, reminders: Reminders, before: float, reminded: int
) -> None:
    """Collecting ends at midnight; it is quiet from ten in the evening to eight."""
    clock.time = END - before * HOUR
    unfinished(database, campaign, clock)
    assert owe(database, reminders) == reminded


def test_not_in_another_phase(
    database: Database, campaign: int, clock: SteppingClock, reminders: Reminders
) -> None:
    unfinished(database, campaign, clock)
    with database.writing() as session:
        set_phase(session, DEFINITION.key, PhaseKind.SCREENING, "提前", actor="cli:tester", clock=clock)
    assert owe(database, reminders) == 0


def test_not_where_nobody_wants_it(database: Database, campaign: int, clock: SteppingClock) -> None:
    unfinished(database, campaign, clock)
    reminders = Reminders.of(make_settings(chat=ChatSettings(remind_hours=0)), clock)
    assert owe(database, reminders) == 0
