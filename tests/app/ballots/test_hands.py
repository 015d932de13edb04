"""A ballot is for the hand that cast it: whoever has the card later neither reads it nor votes twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.ballots import binding, registers, running
from app.ballots.binding import TRIES, BoundElsewhere, NoMatch, TooManyTries
from app.ballots.booth import HandHasVoted
from app.ballots.electorate import Electorate
from app.ballots.own import ballots_of
from app.ballots.paper import Paper, paper
from app.ballots.queries import Elsewhere
from app.ballots.register_rows import entry_of
from app.errors import Forbidden
from app.privacy.service import sever
from models import Box, Broadcast, Delivery, Follower, Register, RegisterEntry, Round
from models.enums import BallotWay, BroadcastKind, BroadcastState, Turnout
from tests.app.ballots.papers import both_type, opened_with_clerks
from tests.app.ballots.papers import paper as marked
from tests.app.ballots.rolls import binds, imported, opened_by
from tests.app.ballots.station import Station


@pytest.fixture
def register(station: Station) -> Register:
    return imported(station)


@pytest.fixture
def round(station: Station, register: Register) -> Round:
    return opened_by(station, register)


def leaves(station: Station, name: str) -> None:
    """Somebody stops following, or asks to be forgotten."""
    follower = station.session.get_one(Follower, station.room.follower_id(name))
    sever(station.session, follower.id, follower.openid)
    station.session.expire_all()


def released(station: Station, register: Register, card: str, name: str, by: str = "campaigner") -> None:
    binding.release(
        station.session,
        register.id,
        entry_of(card, name),
        "换了手机",
        by=station.room.account(by),
        keyring=station.keyring,
        clock=station.clock,
    )


def found_by(station: Station, round: Round, name: str) -> Paper:
    follower_id = station.room.follower_id(name)
    return paper(station.session, round.id, follower_id, station.keyring, station.clock)


def reminder(station: Station, round: Round) -> Broadcast:
    """To those who had not voted."""
    return Broadcast(
        campaign_id=round.campaign_id,
        title="催一催",
        kind=BroadcastKind.VOTE,
        channel="template",
        audience={"not_voted": str(round.id)},
        content={},
        state=BroadcastState.DONE,
        composed_by=station.room.account("campaigner").id,
        composed_at=station.clock.now(),
    )


def votes_and_is_let_go(station: Station, register: Register, round: Round) -> None:
    binds(station, round, "张三", "A001", "张三")
    station.votes("张三", round, 2, opinions={2: "写给自己看的"})
    released(station, register, "A001", "张三")


def votes_and_leaves(station: Station, _register: Register, round: Round) -> None:
    binds(station, round, "张三", "A001", "张三")
    station.votes("张三", round, 2, opinions={2: "写给自己看的"})
    leaves(station, "张三")
    released(station, _register, "A001", "张三")


@pytest.mark.parametrize("way", [votes_and_is_let_go, votes_and_leaves])
def test_whoever_has_the_card_next_reads_nothing_of_the_ballot(
    station: Station, register: Register, round: Round, way: Callable[[Station, Register, Round], None]
) -> None:
    way(station, register, round)
    binds(station, round, "同事", "A001", "张三")
    seen = found_by(station, round, "同事")
    assert (seen.standing, seen.counted, dict(seen.opinions)) == (None, None, {})
    assert seen.elsewhere == Elsewhere(BallotWay.PAGE, None)
    follower_id = station.room.follower_id("同事")
    assert ballots_of(station.session, follower_id, station.keyring, station.clock.now()) == []


def test_casting_the_same_by_another_hand_tells_nothing_either(
    station: Station, register: Register, round: Round
) -> None:
    votes_and_is_let_go(station, register, round)
    binds(station, round, "同事", "A001", "张三")
    cast = station.votes("同事", round, 2)
    assert (cast.before, cast.repeated) == (None, False)
    seen = found_by(station, round, "同事")
    assert seen.standing is not None
    assert dict(seen.opinions) == {}, "what the first hand wrote went with its ballot"
    station.closed(round)
    assert round.tally is not None
    assert round.tally["ballots"] == 1


def test_a_ballot_on_paper_is_read_on_no_phone(station: Station) -> None:
    round = opened_with_clerks(station)
    both_type(station, round, marked(1))
    binds(station, round, "同事", "A001", "张三")
    seen = found_by(station, round, "同事")
    assert (seen.standing, seen.elsewhere) == (None, Elsewhere(BallotWay.PAPER, None))


def test_one_phone_votes_for_one_card_however_often_it_is_let_go(
    station: Station, register: Register, round: Round
) -> None:
    votes_and_is_let_go(station, register, round)
    binds(station, round, "张三", "A002", "李四")
    with pytest.raises(HandHasVoted, match="一人一票"):
        station.votes("张三", round, 2)
    assert station.session.get_one(Box, round.id).size == 1


def test_the_card_is_the_owners_again_and_the_other_hand_may_vote_with_its_own(
    station: Station, register: Register, round: Round
) -> None:
    binds(station, round, "同事", "A001", "张三")
    station.votes("同事", round, 5)
    released(station, register, "A001", "张三")
    binds(station, round, "张三", "A001", "张三")
    station.votes("张三", round, 1)
    binds(station, round, "同事", "A002", "李四")
    station.votes("同事", round, 2)
    station.closed(round)
    assert round.tally is not None
    assert round.tally["ballots"] == 2


def test_whoever_leaves_frees_no_card_and_binds_no_second(station: Station, round: Round) -> None:
    binds(station, round, "张三", "A001", "张三")
    leaves(station, "张三")
    with pytest.raises(BoundElsewhere, match="另一部手机"):
        binds(station, round, "同事", "A001", "张三")
    with pytest.raises(BoundElsewhere, match="另一张会员卡"):
        binds(station, round, "张三", "A002", "李四")
    binds(station, round, "张三", "A001", "张三")
    assert station.votes("张三", round, 1).receipt


def test_leaving_gives_no_further_guesses(station: Station, round: Round) -> None:
    for number in range(TRIES):
        with pytest.raises(NoMatch):
            binds(station, round, "有人", f"A90{number}", "张三")
    leaves(station, "有人")
    with pytest.raises(TooManyTries):
        binds(station, round, "有人", "A001", "张三")


@pytest.mark.parametrize("change", ["add", "release"])
def test_who_changes_the_register_meanwhile_does_not_confirm(
    station: Station, register: Register, round: Round, change: str
) -> None:
    owner = station.room.account("owner")
    if change == "add":
        entry = entry_of("A009", "周九", "区医院工会")
        registers.add(
            station.session, register.id, entry, "名册漏了", by=owner, keyring=station.keyring, clock=station.clock
        )
    else:
        binds(station, round, "张三", "A001", "张三")
        released(station, register, "A001", "张三", by="owner")
    assert len(running.register_changes(station.session, round.id)) == 1
    station.closed(round)
    how = {"keyring": station.keyring, "clock": station.clock}
    with pytest.raises(Forbidden):
        running.confirm(station.session, round.id, by=owner, **how)  # type: ignore[arg-type]
    running.confirm(station.session, round.id, by=station.room.account("approver"), **how)  # type: ignore[arg-type]


def test_what_was_changed_before_the_round_opened_binds_nobody(station: Station, register: Register) -> None:
    entry = entry_of("A009", "周九", "区医院工会")
    owner = station.room.account("owner")
    registers.add(
        station.session, register.id, entry, "名册漏了", by=owner, keyring=station.keyring, clock=station.clock
    )
    assert running.register_changes(station.session, opened_by(station, register).id) == []


def test_publication_forgets_who_was_bound_once_no_round_needs_it(station: Station, register: Register) -> None:
    def bound() -> int:
        held = func.count(RegisterEntry.follower_id), func.count(RegisterEntry.phone)
        by_id, by_phone = station.session.execute(select(*held)).one()
        assert by_id == by_phone
        return int(by_id)

    first, second = opened_by(station, register), opened_by(station, register)
    binds(station, first, "张三", "A001", "张三")
    for round in (first, second):
        station.votes("张三", round, 1)
    station.published(station.closed(first))
    assert bound() == 1
    station.published(station.closed(second))
    assert bound() == 0


def test_publication_forgets_who_was_reminded(station: Station, round: Round) -> None:
    station.session.add(reminder(station, round))
    station.session.flush()
    owed = {"channel": "template", "kind": "broadcast", "body": {}, "due_at": station.clock.now()}
    for broadcast_id, openid in ((1, "oReminded"), (None, "oOther")):
        station.session.add(
            Delivery(key=openid, openid=openid, broadcast_id=broadcast_id, created_at=station.clock.now(), **owed)
        )
    station.session.flush()
    station.published(station.closed(round))
    left = set(station.session.scalars(select(Delivery.openid)))
    assert left == {None, "oOther"}


def test_who_is_bound_is_not_told_while_nobody_may_see_the_turnout(station: Station, register: Register) -> None:
    round = station.opened(electorate=Electorate(register_id=register.id), turnout=Turnout.NOBODY)
    binds(station, round, "张三", "A001", "张三")
    assert registers.numbers(station.session, register).bound is None
    station.closed(round)
    assert registers.numbers(station.session, register).bound == 1
