"""The console while staff votes: frozen candidates, a round as a browser sends it, ballots in the box."""

from collections.abc import Callable
from typing import Any, TypeVar

from app.ballots import queries
from app.installation import Installation
from models import Round
from tests.app.ballots.station import Station, put_up
from tests.fixtures.clocks import SteppingClock

Made = TypeVar("Made")
ROUNDS = "/console/rounds"


def at_station(installation: Installation, work: Callable[[Station], Made]) -> Made:
    """What `work` leaves is committed."""
    clock = installation.clock
    assert isinstance(clock, SteppingClock)
    with installation.database.writing() as session:
        return work(Station(session, clock, installation.keyring))


def furnish(installation: Installation) -> list[int]:
    """The ids of eight frozen candidates."""

    def candidates(station: Station) -> list[int]:
        put_up(station.room)
        return station.candidates()

    return at_station(installation, candidates)


def cast(installation: Installation, name: str, *numbers: int, opinion: str = "") -> None:
    """Into the only round there is; `opinion` is on the first of these candidates."""

    def vote(station: Station) -> None:
        round = queries.row(station.session, 1)
        station.votes(name, round, *numbers, opinions={numbers[0]: opinion})

    at_station(installation, vote)


def kept(installation: Installation) -> list[Round]:
    with installation.database.reading() as session:
        return [*session.query(Round).order_by(Round.id)]


def fields(candidates: list[int], **changes: Any) -> dict[str, Any]:
    """A round as the form sends it."""
    told: dict[str, Any] = {
        "title": "实事项目投票",
        "candidate": candidates,
        "ballot_type": "approval",
        "min_choices": "1",
        "max_choices": "3",
        "opens_at": "2017-12-02T09:00",
        "closes_at": "2017-12-08T18:00",
        "who": "followers",
        "before": "",
        "turnout": "operators",
    }
    return {**told, **changes}
