"""How many stand behind a proposal is kept beside it: always what counting them would say, whatever is done."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

import migrations
from app.campaigns.service import set_phase
from app.crypto import Keyring
from app.database import Database
from app.errors import ShishiError
from app.followers.service import Contact, meet
from app.privacy.service import sever
from app.proposals import queries, supporting
from app.proposals.service import Desk
from app.triage import merging
from models import Follower, Merge, Proposal
from models.enums import PhaseKind
from tests.app.triage.room import REASON, Room, furnish, openid_of
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import SECRET
from tests.fixtures.service import load_campaign

PROPOSALS, PERSONS = 5, 4
A_MOMENT = 0.3  # seconds in which the second comes as far as the first lets it

Step = tuple[str, int, int]
Deed = Callable[[Room], object]

numbers = st.integers(0, PROPOSALS - 1)
steps = st.one_of(
    st.tuples(st.sampled_from(("support", "take back")), numbers, st.integers(0, PERSONS - 1)),
    st.tuples(st.just("merge"), numbers, numbers),
    st.tuples(st.just("undo"), st.integers(0, 4), st.just(0)),
    st.tuples(st.just("forget"), st.integers(0, PERSONS - 1), st.just(0)),
)


@pytest.fixture
def several(sqlite_database: Database, clock: SteppingClock) -> Iterator[Room]:
    load_campaign(sqlite_database, clock)
    with sqlite_database.writing() as session:
        set_phase(session, "2018", PhaseKind.SCREENING, "开会定的", actor="cli:tester", clock=clock)
        furnish(room := Room(session, clock))
        hand_in(room)
        yield room


@pytest.fixture
def hall(sifting: Database, clock: SteppingClock) -> Database:
    with sifting.writing() as session:
        hand_in(Room(session, clock))
    return sifting


def hand_in(room: Room) -> None:
    for which in range(PROPOSALS):
        room.proposal(f"职工{which}")


@given(st.lists(steps, max_size=25))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_the_kept_count_is_the_counted_one(several: Room, done: list[Step]) -> None:
    with several.session.begin_nested() as attempt:
        for step in done:
            take(several, step)
            assert kept(several.session) == counted(several.session)
        attempt.rollback()
    several.session.expire_all()


@given(st.lists(steps, max_size=15), numbers, numbers)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_merge_that_is_undone_leaves_every_row_as_it_was(
    several: Room, before: list[Step], into: int, source: int
) -> None:
    with several.session.begin_nested() as attempt:
        for step in before:
            take(several, step)
        as_it_was = several.dump(without=("actions", "deliveries"))
        with suppress(ShishiError), several.session.begin_nested():
            made = merge(several, into, source)
            merging.undo(several.session, made.id, by=several.account("甲"), clock=several.clock)
        assert several.dump(without=("actions", "deliveries")) == as_it_was
        attempt.rollback()
    several.session.expire_all()


def test_two_at_once_are_two(hall: Database, clock: SteppingClock) -> None:
    at_once(hall, clock, lambda room: support(room, 0, 0), lambda room: support(room, 0, 1))
    assert_kept(hall, [2, 0, 0, 0, 0])


def test_who_comes_while_it_is_merged_counts_for_the_whole(hall: Database, clock: SteppingClock) -> None:
    at_once(hall, clock, lambda room: merge(room, 0, 1), lambda room: support(room, 1, 0))
    assert_kept(hall, [1, 1, 0, 0, 0])
    at_once(hall, clock, lambda room: support(room, 2, 1), lambda room: merge(room, 0, 2))
    assert_kept(hall, [2, 1, 1, 0, 0])


def test_who_comes_while_a_merge_below_is_undone_is_not_lost(hall: Database, clock: SteppingClock) -> None:
    for into, source in ((1, 2), (0, 1)):
        with hall.writing() as session:
            merge(Room(session, clock), into, source)
    with hall.writing() as session:
        support(Room(session, clock), 2, 0)
    at_once(hall, clock, lambda room: support(room, 0, 1), lambda room: undo(room, 0, 0))
    assert_kept(hall, [1, 0, 1, 0, 0])


def test_an_older_database_is_counted_when_it_is_upgraded(hall: Database, clock: SteppingClock) -> None:
    with hall.writing() as session:
        room = Room(session, clock)
        for which, who in ((2, 0), (2, 1), (1, 0), (0, 2), (4, 3)):
            support(room, which, who)
        merge(room, 1, 2)
        merge(room, 0, 1)
    migrations.downgrade(hall.write, "0005")
    migrations.upgrade(hall.write)
    assert_kept(hall, [3, 2, 2, 0, 1])


def at_once(database: Database, clock: SteppingClock, first: Deed, second: Deed) -> None:
    """`second` begins while `first` is done but not committed."""

    def do(deed: Deed) -> None:
        with database.writing() as session:
            deed(Room(session, clock))

    with ThreadPoolExecutor(1) as colleague:
        with database.writing() as session:
            first(Room(session, clock))
            later = colleague.submit(do, second)
            with suppress(TimeoutError):
                later.result(timeout=A_MOMENT)
        later.result()


def assert_kept(database: Database, expected: list[int]) -> None:
    with database.reading() as session:
        assert kept(session) == counted(session)
        assert list(kept(session).values()) == expected


def kept(session: Session) -> dict[int, int]:
    session.flush()
    rows = session.execute(select(Proposal.id, Proposal.supporters).order_by(Proposal.id))
    return {row.id: row.supporters for row in rows}


def counted(session: Session) -> dict[int, int]:
    return dict(supporting.counts(session, session.scalars(select(Proposal).order_by(Proposal.id)).all()))


def take(room: Room, step: Step) -> None:
    """A step that is refused leaves nothing behind, as in a door."""
    word, first, second = step
    with suppress(ShishiError), room.session.begin_nested():
        DEEDS[word](room, first, second)


def person(room: Room, which: int) -> Contact:
    openid = openid_of(f"同事{which}")
    return meet(room.session, [openid], room.clock.now())[openid]


def proposal(room: Room, which: int) -> Proposal:
    found = queries.by_number(room.session, number(which))
    assert found is not None
    return found


def number(which: int) -> str:
    return f"SS2018-{which + 1:04d}"


def desk(room: Room) -> Desk:
    return Desk(room.campaign, Keyring(SECRET), room.clock.now())


def support(room: Room, which: int, who: int) -> None:
    supporting.support(room.session, proposal(room, which), person(room, who), desk(room))


def take_back(room: Room, which: int, who: int) -> None:
    supporting.take_back(room.session, proposal(room, which), person(room, who), desk(room))


def merge(room: Room, into: int, source: int) -> Merge:
    return merging.merge(
        room.session, number(into), [number(source)], REASON, by=room.account("甲"), clock=room.clock
    )


def undo(room: Room, which: int, _: int) -> None:
    made = room.session.scalars(select(Merge.id).order_by(Merge.id).offset(which).limit(1)).first()
    merging.undo(room.session, made or 0, by=room.account("乙"), clock=room.clock)


def forget(room: Room, who: int, _: int) -> None:
    found = room.session.scalar(select(Follower).where(Follower.openid == openid_of(f"同事{who}")))
    if found is not None:
        sever(room.session, found.id, found.openid)
        room.session.expunge(found)


DEEDS: dict[str, Callable[[Room, int, int], object]] = {
    "support": support,
    "take back": take_back,
    "merge": merge,
    "undo": undo,
    "forget": forget,
}
