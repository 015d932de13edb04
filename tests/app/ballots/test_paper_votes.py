"""Votes on paper: typed twice by two persons, one person with a phone, and counted like any other."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.ballots import archive, paper_votes, queries, verifying
from app.ballots.booth import VotedOnPaper
from app.ballots.electorate import Electorate
from app.ballots.paper_rules import scan_of
from app.ballots.paper_votes import AlreadyEntered, NoPaper, NoRegisterHere, NotOnRegister, Sheet
from app.ballots.queries import Elsewhere
from app.ballots.rules import WrongState
from app.ballots.tally import Tally
from app.ballots.types.ballot_type import BadBallot
from app.campaigns.rules import PhaseClosed
from app.campaigns.service import set_phase
from app.crypto import Keyring
from app.database import Database
from app.errors import Forbidden, Invalid
from app.operators.queries import Account
from app.operators.rules import Power, may
from app.statistics import results
from models import Action, Ballot, PaperBallot, Round, Voter
from models.enums import BallotWay, PaperState, PhaseKind, Role, Turnout
from tests.app.ballots.conftest import SECRET
from tests.app.ballots.papers import CLERKS, both_type, clerk, kept, opened_with_clerks, paper, types
from tests.app.ballots.rolls import binds, imported
from tests.app.ballots.station import Station
from tests.app.ballots.test_doubts import struck
from tests.fixtures.clocks import SteppingClock

ONCE, CAST, DIFFERS, DROPPED = PaperState.ONCE, PaperState.CAST, PaperState.DIFFERS, PaperState.DROPPED


@pytest.fixture
def round(station: Station) -> Round:
    return opened_with_clerks(station)


def in_the_box(station: Station, round: Round) -> list[BallotWay]:
    of_it = select(Ballot.way).where(Ballot.round_id == round.id).order_by(Ballot.seq)
    return list(station.session.scalars(of_it))


def test_two_entries_alike_are_one_ballot_and_what_was_typed_is_forgotten(station: Station, round: Round) -> None:
    assert types(station, round, "小周", paper(1, 3)) is ONCE
    first = kept(station)
    assert first.choices is not None
    assert "张三" not in repr(vars(first))
    assert in_the_box(station, round) == []
    assert types(station, round, "小郑", paper(3, 1, scan=" ０００１ ", card="ａ001")) is CAST
    assert in_the_box(station, round) == [BallotWay.PAPER]
    cast = kept(station)
    assert (cast.choices, cast.seq, cast.first_by != cast.second_by) == (None, 1, True)
    assert station.closed(round).tally is not None
    assert [one.votes for one in Tally.from_json(round.tally or {}).counts][:3] == [1, 0, 1]


def test_nobody_types_both_entries(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1))
    with pytest.raises(Forbidden, match="另一位同事"):
        types(station, round, "小周", paper(1))
    assert kept(station).state is ONCE


@pytest.mark.parametrize(
    "second",
    [paper(2), paper(1, 2), paper(1, card="A002", name="李四")],
    ids=["another", "one more", "somebody else's"],
)
def test_entries_that_differ_are_not_cast(station: Station, round: Round, second: Sheet) -> None:
    types(station, round, "小周", paper(1))
    assert types(station, round, "小郑", second) is DIFFERS
    assert in_the_box(station, round) == []


def test_the_second_looks_again_and_was_wrong(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1))
    types(station, round, "小郑", paper(2))
    assert types(station, round, "小郑", paper(3)) is DIFFERS
    assert types(station, round, "小冯", paper(1)) is CAST


def test_the_first_looks_again_and_was_wrong_so_it_takes_a_second_anew(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1))
    types(station, round, "小郑", paper(2))
    assert types(station, round, "小周", paper(2)) is ONCE
    with pytest.raises(Forbidden):
        types(station, round, "小周", paper(2))
    assert types(station, round, "小郑", paper(2)) is CAST


def test_who_voted_by_phone_before_the_first_entry_keeps_that_vote(station: Station, round: Round) -> None:
    binds(station, round, "张三的手机", "A001", "张三")
    station.votes("张三的手机", round, 2)
    assert types(station, round, "小周", paper(1)) is DROPPED
    assert (kept(station).choices, kept(station).entry_id) == (None, None)
    assert in_the_box(station, round) == [BallotWay.PAGE]


def test_who_voted_by_phone_between_the_entries_keeps_that_vote(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1))
    binds(station, round, "张三的手机", "A001", "张三")
    station.votes("张三的手机", round, 2)
    assert types(station, round, "小郑", paper(1)) is DROPPED
    assert in_the_box(station, round) == [BallotWay.PAGE]
    assert kept(station).choices is None


def test_who_voted_on_paper_is_refused_by_phone(station: Station, round: Round) -> None:
    both_type(station, round, paper(1))
    binds(station, round, "张三的手机", "A001", "张三")
    with pytest.raises(VotedOnPaper, match="纸质选票"):
        station.votes("张三的手机", round, 2)
    with pytest.raises(VotedOnPaper):
        station.votes("张三的手机", round, 1)
    person = station.person("张三的手机", round)
    standing = queries.standing(station.session, station.view(round), person)
    assert standing == Elsewhere(BallotWay.PAPER, None)  # nobody proves again whose card it was


def test_a_paper_that_was_struck_out_leaves_the_way_free(station: Station, round: Round) -> None:
    both_type(station, round, paper(1))
    receipt = station.session.scalars(select(Ballot.receipt)).one()
    struck(station, round, receipt)
    binds(station, round, "张三的手机", "A001", "张三")
    assert station.votes("张三的手机", round, 2).before is None
    assert types(station, round, "小周", paper(1, scan="0002")) is DROPPED


def test_one_member_has_one_paper(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1))
    with pytest.raises(AlreadyEntered, match="0001"):
        types(station, round, "小郑", paper(1, scan="0002"))
    types(station, round, "小郑", paper(1))
    assert types(station, round, "小郑", paper(2, scan="0002")) is DROPPED
    with pytest.raises(AlreadyEntered, match="录过两遍"):
        types(station, round, "小冯", paper(1))
    assert len(in_the_box(station, round)) == 1


def test_one_that_was_dropped_may_be_entered_anew(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1))
    paper_votes.drop(
        station.session, round.id, kept(station).id, "扫描号写错了", by=clerk(station, "小周"), clock=station.clock
    )
    assert (kept(station).state, kept(station).choices) == (DROPPED, None)
    assert both_type(station, round, paper(2, card="A002", name="李四")) is CAST
    with pytest.raises(AlreadyEntered):
        paper_votes.drop(
            station.session, round.id, kept(station).id, "算了", by=clerk(station, "小周"), clock=station.clock
        )


def test_what_cannot_be_dropped(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1))
    by, id = clerk(station, "小周"), kept(station).id
    with pytest.raises(NoPaper):
        paper_votes.drop(station.session, round.id, id + 1, "没有的", by=by, clock=station.clock)
    with pytest.raises(Invalid, match="原因"):
        paper_votes.drop(station.session, round.id, id, " ", by=by, clock=station.clock)
    auditor = station.room.operator("审计", Role.AUDITOR)
    with pytest.raises(Forbidden):
        paper_votes.drop(station.session, round.id, id, "原因", by=auditor, clock=station.clock)


def test_without_a_register_paper_is_not_taken(station: Station) -> None:
    with pytest.raises(NoRegisterHere, match="名册"):
        types(station, station.opened(), "小周", paper(1))


@pytest.mark.parametrize("sheet", [paper(1, card="A999"), paper(1, name="李四")], ids=["no card", "another name"])
def test_who_is_not_on_the_register_does_not_vote_on_paper(station: Station, round: Round, sheet: Sheet) -> None:
    with pytest.raises(NotOnRegister):
        types(station, round, "小周", sheet)


@pytest.mark.parametrize("numbers", [(), (1, 2, 3, 4), (99,)])
def test_a_paper_that_is_no_good_ballot_is_not_taken(
    station: Station, round: Round, numbers: tuple[int, ...]
) -> None:
    with pytest.raises(BadBallot):
        types(station, round, "小周", paper(*numbers))
    assert station.session.scalars(select(PaperBallot)).all() == []


def test_paper_is_typed_while_the_round_is_open(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1))
    set_phase(station.session, "2018", PhaseKind.PUBLISHED, "开会定的", actor="cli:tester", clock=station.clock)
    with pytest.raises(PhaseClosed):
        types(station, round, "小郑", paper(1))
    set_phase(station.session, "2018", PhaseKind.OPINION, "接着投", actor="cli:tester", clock=station.clock)
    station.clock.advance(days=8)
    with pytest.raises(WrongState, match="截止"):
        types(station, round, "小郑", paper(1))


def test_only_who_enters_papers_does(station: Station, round: Round) -> None:
    reviewer = station.room.operator("评审", Role.REVIEWER)
    with pytest.raises(Forbidden):
        paper_votes.enter(
            station.session, round.id, paper(1), by=reviewer, keyring=station.keyring, clock=station.clock
        )
    enters = {role for role in Role if may([role], Power.ENTER_PAPER)}
    assert enters == {Role.INTAKE, Role.CAMPAIGNER, Role.OWNER}


def test_the_archive_with_paper_in_it_verifies_and_publication_severs(station: Station, round: Round) -> None:
    both_type(station, round, paper(1, 2))
    binds(station, round, "李四的手机", "A002", "李四")
    station.votes("李四的手机", round, 2)
    both_type(station, round, paper(2, scan="0003", card="A003", name="王五"))
    types(station, round, "小周", paper(4, scan="0004", card="A004", name="赵六"))
    station.closed(round)
    assert round.tally is not None
    verdict = verifying.verify(list(archive.lines(station.session, round, "2018")), round.tally["head"])
    assert (verdict.cast, verdict.tally.counts[1].votes, verdict.tally.counts[3].votes) == (3, 3, 0)
    assert sum(voted for _, _, voted in round.turnout_by_unit or ()) == 3
    station.published(round)
    station.session.expire_all()
    for row in station.session.scalars(select(PaperBallot)):
        assert (row.entry_id, row.seq, row.choices) == (None, None, None)


def test_the_log_has_the_scan_number_and_nothing_of_the_person_or_the_choice(
    station: Station, round: Round
) -> None:
    both_type(station, round, paper(1))
    entries = station.session.scalars(select(Action).where(Action.verb.like("round.paper%"))).all()
    assert [entry.verb for entry in entries] == ["round.paper_first", "round.paper_cast"]
    assert all(entry.detail == {"scan": "0001"} for entry in entries)


def test_what_is_held_of_a_member_has_their_paper_until_publication(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1))
    binds(station, round, "张三的手机", "A001", "张三")
    binds(station, round, "李四的手机", "A002", "李四")
    own, other = (station.room.follower_id(f"{name}的手机") for name in ("张三", "李四"))
    assert [one.scan for one in paper_votes.of_follower(station.session, own)] == ["0001"]
    assert paper_votes.of_follower(station.session, other) == []
    station.published(station.closed(round))
    assert paper_votes.of_follower(station.session, own) == []


def test_the_list_shows_what_needs_somebody_first(station: Station, round: Round) -> None:
    both_type(station, round, paper(1))
    types(station, round, "小周", paper(1, scan="0002", card="A002", name="李四"))
    types(station, round, "小郑", paper(1, scan="0003", card="A003", name="王五"))
    types(station, round, "小周", paper(2, scan="0003", card="A003", name="王五"))
    listed = paper_votes.of_round(station.session, station.view(round), clerk(station, "小周"))
    assert [(one.scan, one.state, one.by_me) for one in listed] == [
        ("0003", DIFFERS, False),
        ("0002", ONCE, True),
        ("0001", CAST, True),
    ]


def test_where_nobody_knows_how_many_voted_only_who_types_sees_what_is_counted(station: Station) -> None:
    round = station.opened(electorate=Electorate(register_id=imported(station).id), turnout=Turnout.NOBODY)
    both_type(station, round, paper(1))
    types(station, round, "小周", paper(1, scan="0002", card="A002", name="李四"))
    auditor = station.room.operator("审计", Role.AUDITOR)

    def seen(by: Account) -> list[str]:
        return [one.scan for one in paper_votes.of_round(station.session, station.view(round), by)]

    assert (seen(auditor), seen(clerk(station, "小郑"))) == (["0002"], ["0002", "0001"])
    station.closed(round)
    assert seen(auditor) == ["0002", "0001"]


@pytest.mark.parametrize("wrong", ["", "  ", "-1", "12号", "一", "1" * 41])
def test_a_scan_number_is_letters_and_digits(wrong: str) -> None:
    with pytest.raises(Invalid, match="扫描号"):
        scan_of(wrong)


def test_two_clerks_at_once_make_one_ballot(polling: Database, clock: SteppingClock) -> None:
    """Both type the same papers at the same time: each is entered twice, and cast once."""
    keyring = Keyring(SECRET)
    with polling.writing() as session:
        round_id = opened_with_clerks(Station(session, clock, keyring)).id
    members = (("A001", "张三"), ("A002", "李四"), ("A003", "王五"), ("A004", "赵六"))

    def work(name: str) -> list[PaperState]:
        states = []
        for at, (card, member) in enumerate(members):
            with polling.writing() as session:
                station = Station(session, clock, keyring)
                round = queries.row(session, round_id)
                states.append(types(station, round, name, paper(1, scan=str(at + 1), card=card, name=member)))
        return states

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, CLERKS)
    assert all({*pair} == {ONCE, CAST} for pair in zip(first, second, strict=True))
    with polling.reading() as session:
        assert session.scalar(select(func.count()).select_from(Voter)) == len(members)
        assert session.scalar(select(func.count()).select_from(Ballot)) == len(members)


def test_paper_and_phone_at_once_are_one_vote(polling: Database, clock: SteppingClock) -> None:
    keyring = Keyring(SECRET)
    with polling.writing() as session:
        station = Station(session, clock, keyring)
        round = opened_with_clerks(station)
        round_id = round.id
        binds(station, round, "张三的手机", "A001", "张三")
        types(station, round, "小周", paper(1))

    def by_paper() -> PaperState:
        with polling.writing() as session:
            return types(Station(session, clock, keyring), queries.row(session, round_id), "小郑", paper(1))

    def by_phone() -> PaperState:
        try:
            with polling.writing() as session:
                Station(session, clock, keyring).votes("张三的手机", queries.row(session, round_id), 2)
        except VotedOnPaper:
            return CAST
        return DROPPED

    with ThreadPoolExecutor(2) as pool:
        told = [each.result() for each in (pool.submit(by_paper), pool.submit(by_phone))]
    assert told[0] is told[1]
    with polling.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == 1


def test_the_result_says_how_many_were_on_paper(station: Station, round: Round) -> None:
    types(station, round, "小周", paper(1, 3))
    types(station, round, "小郑", paper(1, 3))
    station.closed(round)
    station.published(round)
    shown = results.published(station.session, station.room.campaign, station.keyring, station.clock)
    [result] = shown.results
    assert (result.on_paper, result.ballots) == (1, 1)
