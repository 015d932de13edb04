"""Casting: one person one ballot however many arrive at once, batches that share a commit, what is refused."""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots import archive, queries, running, verifying
from app.ballots.booth import Cast, TooManyChanges
from app.ballots.casting import CastBallot
from app.ballots.choices import Choices, Stance
from app.ballots.electorate import Electorate, MayNotVote, Person
from app.ballots.queries import NoRound, RoundView, Standing
from app.ballots.rules import CHANGES_LIMIT, WrongState
from app.ballots.types.ballot_type import BadBallot
from app.campaigns.rules import PhaseClosed
from app.campaigns.service import set_phase
from app.crypto import Keyring
from app.database import Database
from app.errors import Forbidden, Invalid, NotFound
from app.writer import Writer
from models import Ballot, Box, Follower, Opinion, Round, Voter
from models.enums import PhaseKind
from tests.app.ballots.conftest import SECRET
from tests.app.ballots.station import Station
from tests.fixtures.clocks import SteppingClock

AT_ONCE = 500


class Poll:
    """An open round, writers as the service has them, and people who vote."""

    def __init__(self, database: Database, clock: SteppingClock, writers: list[Writer]) -> None:
        self.database, self.clock, self.writers = database, clock, writers
        self.keyring = Keyring(SECRET)
        with database.writing() as session:
            self.round_id = self.station(session).opened().id

    def station(self, session: Session) -> Station:
        return Station(session, self.clock, self.keyring)

    def follower(self, name: str) -> int:
        with self.database.writing() as session:
            return self.station(session).room.follower_id(name)

    def send(
        self, follower: int, *numbers: int, writer: int = 0, opinions: dict[int, str] | None = None
    ) -> Future[Cast]:
        def read(round: RoundView) -> Choices:
            return round.fixed.ballot_type.checked(round.slip, dict.fromkeys(numbers, Stance.FOR))

        work = CastBallot(self.round_id, follower, lambda person: None, read, opinions, self.keyring, self.clock)
        return self.writers[writer].submit(work)

    def count(self, table: type[Ballot] | type[Voter] | type[Opinion]) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def close_and_verify(self) -> verifying.Verdict:
        with self.database.writing() as session:
            round = self.station(session).closed(session.get_one(Round, self.round_id))
            return verifying.verify(archive.lines(session, round, "2018"), (round.tally or {})["head"])


@pytest.fixture
def poll(polling: Database, clock: SteppingClock) -> Iterator[Poll]:
    """With two replicas of the service."""
    other = Database(polling.url.render_as_string(hide_password=False))
    writers = [Writer(polling), Writer(other)]
    for writer in writers:
        writer.start()
    yield Poll(polling, clock, writers)
    for writer in writers:
        writer.stop()
    other.close()


def test_five_hundred_at_once_of_one_person_are_one_vote(poll: Poll) -> None:
    voter = poll.follower("张三")
    waiting = [poll.send(voter, 1, 2, writer=number % 2) for number in range(AT_ONCE)]
    casts = [future.result(timeout=60) for future in waiting]
    assert len({cast.receipt for cast in casts}) == 1
    assert (poll.count(Voter), poll.count(Ballot)) == (1, 1)
    assert poll.close_and_verify().tally.ballots == 1


def test_changes_at_once_leave_one_that_counts(poll: Poll) -> None:
    """Each is kept, the last one counts, and what is told is what is counted."""
    voter = poll.follower("张三")
    sent = [(number % 8 + 1,) for number in range(40)]
    waiting = [poll.send(voter, *numbers, writer=place % 2) for place, numbers in enumerate(sent)]
    casts = [future.result(timeout=60) for future in waiting]
    assert poll.count(Voter) == 1
    with poll.database.reading() as session:
        station = poll.station(session)
        round = session.get_one(Round, poll.round_id)
        mine = queries.standing(session, station.view(round), station.person("张三", round))
    assert isinstance(mine, Standing)
    assert mine.receipt in {cast.receipt for cast in casts}
    verdict = poll.close_and_verify()
    assert (verdict.tally.ballots, verdict.cast) == (1, mine.cast)
    counted = next(one.number for one in verdict.tally.counts if one.votes)
    assert (counted,) == tuple(verdict_number(mine.choices))


def verdict_number(choices: Choices) -> list[int]:
    return [place for place, stance in enumerate(choices, start=1) if stance is Stance.FOR]


def test_many_people_at_once_on_two_replicas(poll: Poll) -> None:
    voters = [poll.follower(f"职工{number}") for number in range(60)]
    waiting = [poll.send(voter, voter % 8 + 1, writer=voter % 2) for voter in voters]
    receipts = {one.result(timeout=60).receipt for one in waiting}
    assert len(receipts) == 60
    assert poll.close_and_verify().tally.ballots == 60


def test_what_is_refused_spoils_nobody_elses(poll: Poll) -> None:
    good, bad, too_long = (poll.follower(name) for name in ("张三", "李四", "王五"))
    answers = [
        poll.send(good, 1),
        poll.send(bad, 1, 2, 3, 4),
        poll.send(too_long, 1, opinions={1: "长" * 501}),
        poll.send(999_999, 1),
    ]
    refusals = [answer.exception(timeout=60) for answer in answers]
    assert [type(refusal) for refusal in refusals] == [type(None), BadBallot, Invalid, NotFound]
    assert poll.count(Ballot) == 1


def test_nobody_votes_for_somebody_else(poll: Poll) -> None:
    voter = poll.follower("张三")

    def vouch(person: Person) -> None:
        raise Forbidden(f"not {person.id}")

    work = CastBallot(poll.round_id, voter, vouch, lambda round: (Stance.FOR,), None, poll.keyring, poll.clock)
    assert isinstance(poll.writers[0].submit(work).exception(timeout=60), Forbidden)
    assert poll.count(Ballot) == 0


def test_no_round_no_ballot(poll: Poll) -> None:
    poll.round_id = 77
    assert isinstance(poll.send(poll.follower("张三"), 1).exception(timeout=60), NoRound)


def test_opinions_are_kept_for_the_office_changed_and_taken_back(poll: Poll) -> None:
    voter = poll.follower("张三")
    poll.send(voter, 1, opinions={1: " 多放些新书\r\n谢谢 ", 2: ""}).result(timeout=60)
    assert opinions_of(poll) == ["多放些新书\n谢谢"]
    poll.send(voter, 1, opinions={1: "", 2: "离单位近些"}).result(timeout=60)
    assert opinions_of(poll) == ["离单位近些"]
    poll.send(voter, 2).result(timeout=60)  # by chat nothing is said of opinions
    assert opinions_of(poll) == ["离单位近些"]
    poll.send(voter, 2, opinions={}).result(timeout=60)
    assert opinions_of(poll) == []
    with poll.database.reading() as session:
        assert "新书" not in repr(session.execute(select(Opinion.text)).all())


def opinions_of(poll: Poll) -> list[str]:
    with poll.database.reading() as session:
        sealed = session.scalars(select(Opinion.text).order_by(Opinion.candidate_id))
        return [poll.keyring.open(text, queries.OPINION_PLACE) for text in sealed]


def test_the_phase_closes_the_box_too(station: Station) -> None:
    round = station.opened()
    set_phase(station.session, "2018", PhaseKind.PUBLISHED, "提前", actor="cli:tester", clock=station.clock)
    with pytest.raises(PhaseClosed, match="征求意见已经结束"):
        station.votes("张三", round, 1)


def test_a_script_that_changes_without_end_is_stopped(station: Station) -> None:
    round = station.opened()
    for number in range(CHANGES_LIMIT):
        station.votes("张三", round, number % 2 + 1)
    with pytest.raises(TooManyChanges, match="现在的选择已经计票"):
        station.votes("张三", round, 3)
    assert station.votes("张三", round, 2).repeated, "what is counted is told again all the same"


def test_who_does_not_follow_does_not_vote(station: Station) -> None:
    round = station.opened()
    station.session.get_one(Follower, station.room.follower_id("张三")).subscribed = False
    station.session.flush()
    with pytest.raises(MayNotVote, match="先关注公众号"):
        station.votes("张三", round, 1)


def test_followers_since_before(station: Station) -> None:
    station.room.follower_id("老职工")
    station.clock.advance(days=1)
    round = station.opened(electorate=Electorate(followers_before=station.clock.now()))
    station.votes("老职工", round, 1)
    with pytest.raises(MayNotVote, match="早些时候"):
        station.votes("新职工", round, 1)


def test_after_the_close_nothing_is_cast(station: Station) -> None:
    round = station.closed(station.opened())
    before = station.session.get_one(Box, round.id).head
    with pytest.raises(WrongState):
        station.votes("张三", round, 1)
    assert station.session.get_one(Box, round.id).head == before
    assert running.settle_all(station.session, station.keyring, station.clock) == 0
