"""Whatever operators do, in whatever order: nothing dangles, nobody is lost, and every merge can be taken back."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.service import set_phase
from app.database import Database
from app.errors import ShishiError
from app.operators import log
from app.triage import assessments, candidates, cards, decisions, lineage, merging
from app.triage.ballot_text import CandidateText
from app.triage.decisions import Verdict
from models import Assessment, CandidateSource, Decision, Delivery, Merge, MergedProposal, Proposal
from models.enums import DecisionKind, PhaseKind, ProposalStatus
from tests.app.triage.room import REASON, Room, furnish
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import load_campaign

PROPOSALS = 4
REVIEWERS = "甲乙丙"
LEDGERS = ("actions", "deliveries")

Step = tuple[str, int, int]

numbers = st.integers(0, PROPOSALS - 1)
KINDS = tuple(DecisionKind)
steps = st.one_of(
    st.tuples(st.just("assess"), numbers, st.integers(0, len(REVIEWERS) - 1)),
    st.tuples(st.sampled_from(("decide", "prepare")), numbers, st.integers(0, len(KINDS) - 1)),
    st.tuples(st.just("merge"), numbers, numbers),
    st.tuples(st.just("undo"), st.integers(0, 5), st.just(0)),
    st.tuples(st.sampled_from(("ask again", "publish", "take back", "compose", "drop")), numbers, st.just(0)),
)


@pytest.fixture
def several(sqlite_database: Database, clock: SteppingClock) -> Iterator[Room]:
    """Some proposals, of which the first two are assessed already: chance would seldom come so far."""
    load_campaign(sqlite_database, clock)
    with sqlite_database.writing() as session:
        set_phase(session, "2018", PhaseKind.SCREENING, "开会定的", actor="cli:tester", clock=clock)
        furnish(room := Room(session, clock))
        made = [room.proposal(f"职工{number}") for number in range(PROPOSALS)]
        for proposal in made[:2]:
            room.assessed(proposal, "甲", "乙")
        yield room


@given(st.lists(steps, max_size=12))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_steps_everything_holds_together(several: Room, done: list[Step]) -> None:
    with several.session.begin_nested() as attempt:
        for step in done:
            take(several, step)
            check(several)
        take_back_all_merges(several)
        check(several)
        assert several.session.scalars(select(MergedProposal)).all() == []
        assert log.verify(several.session) is None
        attempt.rollback()
    several.session.expire_all()


@given(st.lists(steps, max_size=8), numbers, st.sets(numbers, min_size=1))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_came_before_undoing_a_merge_is_as_if_it_had_never_been(
    several: Room, before: list[Step], into: int, sources: set[int]
) -> None:
    with several.session.begin_nested() as attempt:
        for step in before:
            take(several, step)
        as_it_was = several.dump(without=LEDGERS)
        by, clock = several.account("甲"), several.clock
        chosen = [number(source) for source in sources]
        with suppress(ShishiError), several.session.begin_nested():
            made = merging.merge(several.session, number(into), chosen, REASON, by=by, clock=clock)
            merging.undo(several.session, made.id, by=by, clock=clock)
        assert several.dump(without=LEDGERS) == as_it_was
        attempt.rollback()
    several.session.expire_all()


def take(room: Room, step: Step) -> None:
    """A step that is refused leaves nothing behind, as in a door."""
    word, first, second = step
    with suppress(ShishiError), room.session.begin_nested():
        DEEDS[word](room, first, second)


def check(room: Room) -> None:
    session = room.session
    proposals = {one.id: one for one in session.scalars(select(Proposal))}
    for proposal in proposals.values():
        _check_merge(session, proposal, proposals)
        if proposal.status is ProposalStatus.SHORTLISTED:
            given, needed = cards.standing(session, proposal)
            assert given >= needed >= 2
            reviewers = session.scalars(
                select(Assessment.operator_id).where(Assessment.proposal_id == proposal.id)
            ).all()
            assert len(set(reviewers)) == given
    for source in session.scalars(select(CandidateSource.proposal_id)):
        assert proposals[source].status is ProposalStatus.SHORTLISTED
    for decision in session.scalars(select(Decision).where(Decision.published_at.is_not(None))):
        assert _owed(session, f"proposal:{decision.proposal_id}:decision:{decision.id}")


def _check_merge(session: Session, proposal: Proposal, proposals: dict[int, Proposal]) -> None:
    is_merged = proposal.status is ProposalStatus.MERGED
    assert is_merged == (proposal.merged_into_id is not None)
    rows = session.execute(
        select(Merge.into_id)
        .join(MergedProposal, MergedProposal.merge_id == Merge.id)
        .where(MergedProposal.proposal_id == proposal.id)
    ).all()
    assert [row.into_id for row in rows] == ([proposal.merged_into_id] if is_merged else [])
    seen = {proposal.id}
    while proposal.merged_into_id is not None:
        proposal = proposals[proposal.merged_into_id]
        assert proposal.id not in seen
        seen.add(proposal.id)
    for candidate in lineage.of_proposal(session, proposal):
        found = lineage.of_candidates(session, [candidate])[candidate.id]
        told = {one.number for origin in found for one in origin.all()}
        assert {proposals[each].number for each in seen} <= told


def _owed(session: Session, key: str) -> bool:
    return session.scalar(select(Delivery.id).where(Delivery.key == key)) is not None


def take_back_all_merges(room: Room) -> None:
    by, clock = room.account("甲"), room.clock
    for merge in room.session.scalars(select(Merge.id).order_by(Merge.id)).all():
        merging.undo(room.session, merge, by=by, clock=clock)


def number(index: int) -> str:
    return f"SS2018-{index + 1:04d}"


def _assess(room: Room, which: int, reviewer: int) -> None:
    by = room.account(REVIEWERS[reviewer])
    assessments.assess(room.session, number(which), room.card(), by=by, clock=room.clock)


def _decide(room: Room, which: int, kind: int, *, hold: bool) -> None:
    by, verdict = room.account("乙"), Verdict(KINDS[kind], REASON)
    decisions.decide(room.session, number(which), verdict, by=by, clock=room.clock, hold=hold)


def _merge(room: Room, into: int, source: int) -> None:
    merging.merge(room.session, number(into), [number(source)], REASON, by=room.account("甲"), clock=room.clock)


def _undo(room: Room, which: int, _: int) -> None:
    merges: Iterator[int] = iter(room.session.scalars(select(Merge.id).order_by(Merge.id).offset(which)))
    merging.undo(room.session, next(merges, 0), by=room.account("丙"), clock=room.clock)


def _ask_again(room: Room, which: int, _: int) -> None:
    assessments.ask_again(room.session, number(which), REASON, by=room.account("甲"), clock=room.clock)


def _publish(room: Room, _which: int, _: int) -> None:
    decisions.publish(room.session, room.campaign.id, by=room.account("甲"), clock=room.clock)


def _take_back(room: Room, which: int, _: int) -> None:
    decisions.take_back(room.session, number(which), by=room.account("甲"), clock=room.clock)


def _compose(room: Room, which: int, _: int) -> None:
    text, by = CandidateText("接力站", "有热水", "五百人次"), room.account("campaigner")
    candidates.compose(room.session, "2018", text, [number(which)], by=by, clock=room.clock)


def _drop(room: Room, which: int, _: int) -> None:
    found = candidates.of_campaign(room.session, room.campaign.id)
    if which < len(found):
        candidates.drop(room.session, found[which].id, by=room.account("campaigner"), clock=room.clock)


DEEDS: dict[str, Callable[[Room, int, int], None]] = {
    "assess": _assess,
    "decide": partial(_decide, hold=False),
    "prepare": partial(_decide, hold=True),
    "merge": _merge,
    "undo": _undo,
    "ask again": _ask_again,
    "publish": _publish,
    "take back": _take_back,
    "compose": _compose,
    "drop": _drop,
}
