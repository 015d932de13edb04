"""A ballot type as its page tells: its property holds, and a round is voted, counted and verified with it."""

from types import MappingProxyType

import pytest

from app.ballots import archive, types, verifying
from app.ballots.booth import Booth
from app.ballots.choices import Stance
from app.ballots.tally import Tally
from app.ballots.types.ballot_type import BadBallot, BallotType
from models.enums import BallotWay
from tests.app.ballots import test_types
from tests.app.ballots.conftest import polling, station
from tests.app.ballots.station import Station
from tests.how_to.pages import blocks, module

__all__ = ["polling", "station"]
FILE, PROPERTY = blocks("ballot-type.md")


@pytest.fixture
def yes_no(monkeypatch: pytest.MonkeyPatch) -> BallotType:
    made: BallotType = module("yes_no", FILE).YesNo()
    monkeypatch.setattr(types, "TYPES", MappingProxyType({**types.TYPES, made.key: made}))
    return made


def test_its_property_holds(yes_no: BallotType) -> None:
    module("test_yes_no", PROPERTY, **vars(test_types)).test_yes_no_wants_for_or_against_of_each()


def test_it_knows_a_paper_that_leaves_something_empty(yes_no: BallotType) -> None:
    empty = dict.fromkeys(test_types.SLIP.numbers, Stance.NONE)
    with pytest.raises(BadBallot, match="5 项没有表态"):
        yes_no.checked(test_types.SLIP, empty)


def test_a_round_is_voted_counted_archived_and_verified(yes_no: BallotType, station: Station) -> None:
    round = station.opened(ballot_type="yes_no", max_choices=8)
    slip = station.view(round).slip
    for name, chosen in {"张三": (1, 3), "李四": (3,)}.items():
        choices = yes_no.spoken(slip, chosen, ())
        person = station.person(name, round)
        booth = Booth.enter(station.session, round.id, [person.id], station.keyring, station.clock)
        booth.cast(person, choices, None, BallotWay.PAGE)
        booth.leave(station.session)
    station.closed(round)
    assert round.tally is not None
    verdict = verifying.verify(list(archive.lines(station.session, round, "2018")), round.tally["head"])
    assert verdict.tally == Tally.from_json(round.tally)
    assert [(one.votes, one.against) for one in verdict.tally.counts[:3]] == [(1, 1), (0, 2), (2, 0)]
    assert verdict.tally.counts[0].of(Stance.NONE) == 0
