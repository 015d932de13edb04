"""Two operators at once: whoever comes second sees what the first has done, and nothing is left half done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from app.database import Database
from app.errors import Conflict, NotFound, ShishiError
from app.operators import log
from app.triage import assessments, candidates, cards, decisions, merging, phases
from app.triage.ballot_text import CandidateText
from app.triage.decisions import Verdict
from models import Candidate, Proposal
from models.enums import DecisionKind, ProposalStatus
from tests.app.triage.room import REASON, Room
from tests.fixtures.clocks import SteppingClock

Deed = Callable[[Room], object]

A_MOMENT = 0.3  # seconds in which the second comes as far as the first lets it
TEXT = CandidateText("接力站", "有热水", "五百人次")
ONE, TWO = "SS2018-0001", "SS2018-0002"


class Hall:
    """Operators in transactions of their own."""

    def __init__(self, database: Database, clock: SteppingClock) -> None:
        self._database, self._clock = database, clock

    def does(self, deed: Deed) -> None:
        with self._database.writing() as session:
            deed(Room(session, self._clock))

    def do_at_once(self, first: Deed, second: Deed) -> ShishiError | None:
        """`second` begins while `first` is done but not committed; how `second` was refused, if it was."""
        with ThreadPoolExecutor(1) as colleague:
            with self._database.writing() as session:
                first(Room(session, self._clock))
                later = colleague.submit(self.does, second)
                with suppress(TimeoutError):
                    later.result(timeout=A_MOMENT)
            refusal = later.exception()
        assert refusal is None or isinstance(refusal, ShishiError), refusal
        return refusal

    def status(self, number: str) -> ProposalStatus:
        with self._database.reading() as session:
            return session.query(Proposal).filter_by(number=number).one().status

    def is_sound(self) -> bool:
        with self._database.reading() as session:
            return log.verify(session) is None


@pytest.fixture
def hall(sifting: Database, clock: SteppingClock) -> Hall:
    """With two proposals that two reviewers have assessed."""
    hall = Hall(sifting, clock)

    def begin(room: Room) -> None:
        for author in ("小王", "小李"):
            room.assessed(room.proposal(author), "甲", "乙")

    hall.does(begin)
    return hall


def merge(into: str, source: str) -> Deed:
    def deed(room: Room) -> None:
        merging.merge(room.session, into, [source], REASON, by=room.account("甲"), clock=room.clock)

    return deed


def undo(room: Room) -> None:
    merging.undo(room.session, 1, by=room.account("乙"), clock=room.clock)


def decide(number: str, kind: DecisionKind, *, hold: bool = False) -> Deed:
    def deed(room: Room) -> None:
        verdict = Verdict(kind, REASON)
        decisions.decide(room.session, number, verdict, by=room.account("乙"), clock=room.clock, hold=hold)

    return deed


def publish(room: Room) -> None:
    decisions.publish(room.session, room.campaign.id, by=room.account("甲"), clock=room.clock)


def take_back(room: Room) -> None:
    decisions.take_back(room.session, ONE, by=room.account("乙"), clock=room.clock)


def ask_again(room: Room) -> None:
    assessments.ask_again(room.session, ONE, REASON, by=room.account("甲"), clock=room.clock)


def compose(room: Room) -> None:
    by = room.account("campaigner")
    candidates.compose(room.session, "2018", TEXT, [ONE], by=by, clock=room.clock)


def edit(room: Room) -> None:
    candidates.edit(room.session, 1, {"title": "别的"}, by=room.account("campaigner"), clock=room.clock)


def drop(room: Room) -> None:
    candidates.drop(room.session, 1, by=room.account("campaigner"), clock=room.clock)


def ask_for_opinions(room: Room) -> None:
    phases.set_phase(room.session, "2018", "opinion", REASON, actor="cli:tester", clock=room.clock)


def test_two_are_not_merged_into_each_other(hall: Hall) -> None:
    assert isinstance(hall.do_at_once(merge(ONE, TWO), merge(TWO, ONE)), Conflict)
    assert (hall.status(ONE), hall.status(TWO)) == ("submitted", "merged")
    assert hall.is_sound()


def test_one_is_not_merged_twice(hall: Hall) -> None:
    assert isinstance(hall.do_at_once(merge(ONE, TWO), merge(ONE, TWO)), Conflict)


def test_a_merge_is_undone_once(hall: Hall) -> None:
    hall.does(merge(ONE, TWO))
    assert isinstance(hall.do_at_once(undo, undo), NotFound)
    assert hall.status(TWO) == "submitted"


def test_what_is_merged_is_not_decided(hall: Hall) -> None:
    assert isinstance(hall.do_at_once(merge(ONE, TWO), decide(TWO, DecisionKind.REJECT)), Conflict)
    assert hall.status(TWO) == "merged"


def test_what_is_turned_down_is_not_merged(hall: Hall) -> None:
    assert isinstance(hall.do_at_once(decide(TWO, DecisionKind.REJECT), merge(ONE, TWO)), Conflict)
    assert hall.status(TWO) == "rejected"


def test_what_is_decided_is_not_assessed(hall: Hall) -> None:
    hall.does(lambda room: room.assessed(room.proposal(number="SS2018-0003"), "甲"))
    refusal = hall.do_at_once(
        decide("SS2018-0003", DecisionKind.RETURN), decide("SS2018-0003", DecisionKind.SHORTLIST)
    )
    assert isinstance(refusal, Conflict)
    assert hall.status("SS2018-0003") == "returned"


def test_two_reviewers_hand_in_at_once_and_both_count(hall: Hall) -> None:
    def assess(name: str) -> Deed:
        return lambda room: assessments.assess(
            room.session, "SS2018-0003", room.card(), by=room.account(name), clock=room.clock
        )

    hall.does(lambda room: room.proposal(number="SS2018-0003"))
    assert hall.do_at_once(assess("甲"), assess("乙")) is None

    def both_are_in(room: Room) -> None:
        proposal = room.session.query(Proposal).filter_by(number="SS2018-0003").one()
        assert cards.standing(room.session, proposal) == (2, 2)

    hall.does(both_are_in)


def test_a_second_look_comes_before_the_choice(hall: Hall) -> None:
    assert isinstance(hall.do_at_once(ask_again, decide(ONE, DecisionKind.SHORTLIST)), Conflict)
    assert hall.status(ONE) == "submitted"


def test_what_waits_is_published_once(hall: Hall) -> None:
    hall.does(decide(ONE, DecisionKind.REJECT, hold=True))
    assert hall.do_at_once(publish, publish) is None
    assert hall.status(ONE) == "rejected"

    def told_once(room: Room) -> None:
        assert len(room.told("小王")) == 1

    hall.does(told_once)


@pytest.mark.parametrize("first", [take_back, decide(ONE, DecisionKind.RETURN, hold=True)])
def test_what_was_taken_back_or_changed_is_not_published_as_it_was(hall: Hall, first: Deed) -> None:
    hall.does(decide(ONE, DecisionKind.REJECT, hold=True))
    assert hall.do_at_once(first, publish) is None
    assert hall.status(ONE) != "rejected"


def test_two_prepare_at_once_and_one_answer_waits(hall: Hall) -> None:
    first, second = (decide(ONE, kind, hold=True) for kind in (DecisionKind.REJECT, DecisionKind.RETURN))
    assert hall.do_at_once(first, second) is None

    def one_waits(room: Room) -> None:
        waiting = decisions.prepared(room.session, room.campaign.id)
        assert [decision.kind for decision, _ in waiting] == [DecisionKind.RETURN]

    hall.does(one_waits)


def test_a_candidate_is_never_of_what_was_turned_down(hall: Hall) -> None:
    hall.does(decide(ONE, DecisionKind.SHORTLIST))
    assert isinstance(hall.do_at_once(decide(ONE, DecisionKind.REJECT), compose), Conflict)
    hall.does(lambda room: _titles_are(room, []))


def test_what_is_in_a_candidate_is_not_turned_down(hall: Hall) -> None:
    hall.does(decide(ONE, DecisionKind.SHORTLIST))
    assert isinstance(hall.do_at_once(compose, decide(ONE, DecisionKind.REJECT)), Conflict)
    assert isinstance(hall.do_at_once(compose, merge(TWO, ONE)), Conflict)
    assert hall.status(ONE) == "shortlisted"


@pytest.mark.parametrize("change", [edit, drop])
def test_nothing_changes_under_the_ballot(hall: Hall, change: Deed) -> None:
    hall.does(decide(ONE, DecisionKind.SHORTLIST))
    hall.does(compose)
    assert isinstance(hall.do_at_once(ask_for_opinions, change), Conflict)
    hall.does(lambda room: _titles_are(room, ["接力站"]))


def test_one_that_is_made_while_the_phase_turns_has_its_number(hall: Hall) -> None:
    hall.does(decide(ONE, DecisionKind.SHORTLIST))
    hall.does(compose)
    assert hall.do_at_once(ask_for_opinions, compose) is None
    hall.does(lambda room: _numbers_are(room, [1, 2]))


def test_two_are_composed_at_once_and_have_places_of_their_own(hall: Hall) -> None:
    hall.does(decide(ONE, DecisionKind.SHORTLIST))
    assert hall.do_at_once(compose, compose) is None
    hall.does(lambda room: _places_are(room, [1, 2]))


def test_what_was_dropped_meanwhile_is_not_there(hall: Hall) -> None:
    hall.does(decide(ONE, DecisionKind.SHORTLIST))
    hall.does(compose)
    assert isinstance(hall.do_at_once(drop, edit), NotFound)


def _titles_are(room: Room, expected: list[str]) -> None:
    assert [one.title for one in room.session.query(Candidate).order_by(Candidate.id)] == expected


def _numbers_are(room: Room, expected: list[int]) -> None:
    assert [one.number for one in room.session.query(Candidate).order_by(Candidate.id)] == expected


def _places_are(room: Room, expected: list[int]) -> None:
    assert [one.place for one in room.session.query(Candidate).order_by(Candidate.id)] == expected
