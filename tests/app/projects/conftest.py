"""A campaign whose vote is over and published, on both databases."""

import pytest

from tests.app.ballots.conftest import polling, station
from tests.app.ballots.station import Station
from tests.app.projects.chamber import Chamber

__all__ = ["polling", "station"]


@pytest.fixture
def chamber(station: Station) -> Chamber:
    """Candidate 1 got the most votes, candidate 8 the fewest."""
    chamber = Chamber(station)
    chamber.vote()
    return chamber
