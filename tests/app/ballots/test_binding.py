"""Binding a phone to an entry: by card and name alone, once, without a way to guess through a register."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.ballots import binding
from app.ballots.binding import TRIES, BoundElsewhere, NoMatch, TooManyTries
from app.ballots.electorate import MayNotVote
from app.ballots.queries import NoRound
from app.ballots.rules import WrongState
from app.crypto import Keyring
from app.database import Database
from app.errors import Invalid
from models import Action, Follower, RegisterEntry, Round
from tests.app.ballots.conftest import SECRET
from tests.app.ballots.rolls import binds, imported, opened_by
from tests.app.ballots.station import Station
from tests.fixtures.clocks import SteppingClock


@pytest.fixture
def round(station: Station) -> Round:
    return opened_by(station, imported(station))


def tries(station: Station, round: Round, follower: str, *guesses: tuple[str, str]) -> None:
    for guess in guesses:
        with pytest.raises(NoMatch):
            binds(station, round, follower, *guess)


WRONG = tuple((f"A90{number}", "张三") for number in range(TRIES))


def test_whoever_is_bound_may_vote_and_others_may_not(station: Station, round: Round) -> None:
    with pytest.raises(MayNotVote):
        station.votes("张三的手机", round, 1)
    binds(station, round, "张三的手机", "ａ ００１", " 张三")
    assert station.votes("张三的手机", round, 1).receipt


def test_nothing_of_a_binding_is_logged(station: Station, round: Round) -> None:
    before = len(station.session.scalars(select(Action)).all())
    binds(station, round, "张三", "A001", "张三")
    assert len(station.session.scalars(select(Action)).all()) == before


def test_a_wrong_card_and_a_wrong_name_are_told_alike(station: Station, round: Round) -> None:
    told = set()
    for card, name in (("A999", "张三"), ("A001", "李四")):
        with pytest.raises(NoMatch) as refused:
            binds(station, round, "有人", card, name)
        told.add(refused.value.message)
    assert len(told) == 1


def test_after_five_wrong_tries_even_the_right_one_waits_an_hour(station: Station, round: Round) -> None:
    tries(station, round, "有人", *WRONG)
    with pytest.raises(TooManyTries, match="电话"):
        binds(station, round, "有人", "A001", "张三")
    binds(station, round, "别人", "A001", "张三")
    station.clock.advance(minutes=61)
    binds(station, round, "有人", "A002", "李四")


def test_the_same_wrong_try_counts_once(station: Station, round: Round) -> None:
    tries(station, round, "有人", *[("A001", "李四")] * (TRIES + 1))
    binds(station, round, "有人", "A001", "张三")


def test_what_was_not_even_filled_in_is_no_try(station: Station, round: Round) -> None:
    for _ in range(TRIES + 1):
        with pytest.raises(Invalid, match="没有写"):
            binds(station, round, "有人", "", "张三")
    binds(station, round, "有人", "A001", "张三")


def test_a_card_of_another_phone_is_refused_with_a_way_to_help(station: Station, round: Round) -> None:
    binds(station, round, "张三", "A001", "张三")
    with pytest.raises(BoundElsewhere, match="电话"):
        binds(station, round, "别人", "A001", "张三")
    binds(station, round, "张三", "A001", "张三")


def test_who_is_bound_stays_bound_whatever_they_type(station: Station, round: Round) -> None:
    binds(station, round, "张三", "A001", "张三")
    binds(station, round, "张三", "A002", "李四")
    owned = select(RegisterEntry.follower_id).where(RegisterEntry.follower_id.is_not(None))
    assert len(station.session.scalars(owned).all()) == 1


def test_nobody_is_bound_for_a_round_that_does_not_take_ballots(station: Station, round: Round) -> None:
    draft = station.composed()
    with pytest.raises(NoRound):
        binds(station, draft, "张三", "A001", "张三")
    station.closed(round)
    with pytest.raises(WrongState):
        binds(station, round, "张三", "A001", "张三")


def test_of_two_phones_at_once_one_gets_the_card(polling: Database, clock: SteppingClock) -> None:
    keyring, phones = Keyring(SECRET), [f"手机{number}" for number in range(8)]
    with polling.writing() as session:
        station = Station(session, clock, keyring)
        round_id = opened_by(station, imported(station)).id
        ids = [station.room.follower_id(phone) for phone in phones]

    def bind(follower_id: int) -> bool:
        try:
            with polling.writing() as session:
                binding.bind(session, round_id, follower_id, "A001", "张三", keyring=keyring, clock=clock)
        except BoundElsewhere:
            return False
        return True

    with ThreadPoolExecutor(len(ids)) as pool:
        assert sum(pool.map(bind, ids)) == 1
    with polling.reading() as session:
        assert session.scalar(select(Follower.id).join(RegisterEntry)) in ids


def test_of_two_cards_at_once_a_phone_gets_one(polling: Database, clock: SteppingClock) -> None:
    keyring = Keyring(SECRET)
    with polling.writing() as session:
        station = Station(session, clock, keyring)
        round_id, phone = opened_by(station, imported(station)).id, station.room.follower_id("手机")

    def bind(member: tuple[str, str]) -> None:
        with polling.writing() as session:
            binding.bind(session, round_id, phone, *member, keyring=keyring, clock=clock)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(bind, [("A001", "张三"), ("A002", "李四")]))
    with polling.reading() as session:
        assert len(session.scalars(select(RegisterEntry.id).where(RegisterEntry.follower_id == phone)).all()) == 1
