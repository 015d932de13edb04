"""The API while staff votes: candidates that are frozen, the body of a round, ballots in the box."""

from collections.abc import Callable
from typing import Any, TypeVar

from app.ballots import queries
from app.installation import Installation
from tests.app.ballots.station import Station, put_up
from tests.fixtures.clocks import SteppingClock

Done = TypeVar("Done")


def at_station(installation: Installation, work: Callable[[Station], Done]) -> Done:
    """What `work` leaves is committed."""
    clock = installation.clock
    assert isinstance(clock, SteppingClock)
    with installation.database.writing() as session:
        return work(Station(session, clock, installation.keyring))


def furnish(installation: Installation) -> list[str]:
    """The ids of eight candidates, in the phase of asking opinions."""

    def candidates(station: Station) -> list[str]:
        put_up(station.room)
        return [str(each) for each in station.candidates()]

    return at_station(installation, candidates)


def cast(installation: Installation, id: str, name: str, *numbers: int, **opinions: str) -> None:
    """`opinions` are by number: o2="…"."""
    said = {int(field[1:]): text for field, text in opinions.items()}

    def vote(station: Station) -> None:
        station.votes(name, queries.row(station.session, int(id)), *numbers, opinions=said)

    at_station(installation, vote)


def body(candidates: list[str], /, **changes: Any) -> dict[str, Any]:
    """A round as it is sent."""
    told = {
        "campaign": "2018",
        "title": "二〇一八年实事项目征求意见",
        "candidates": candidates,
        "min_choices": 1,
        "max_choices": 3,
        "opens_at": "2017-12-01T09:00:00+08:00",
        "closes_at": "2017-12-08T18:00:00+08:00",
    }
    return {**told, **changes}
