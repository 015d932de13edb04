"""Lists of proposals: each filter, the count, the orders, pages in both directions."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.proposals import listing, paging, supporting
from app.proposals.listing import COUNTED, NONE, Fitting, Wanted
from app.proposals.paging import Order
from models import Campaign, Decision, Operator, Proposal, Support
from models.enums import DecisionKind, IntakeChannel, ProposalStatus
from tests.app.proposals.proposing import add, at, proposal
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.service import load_campaign

NEWEST, OLDEST, SUPPORTED = Order


@pytest.fixture(autouse=True)
def campaign(database: Database, clock: SteppingClock) -> None:
    load_campaign(database, clock)


def wanted(database: Database, **asked: Any) -> list[str]:
    with database.reading() as session:
        narrowing = fitting(session, **asked)
        page = paging.first_page(session, narrowing, OLDEST, 50)
        assert listing.count(session, narrowing) == len(page.proposals)
        return numbers(page.proposals)


def fitting(session: Session, **asked: Any) -> Fitting:
    campaign = session.scalars(select(Campaign.id)).one()
    return listing.fitting(session, Wanted(campaign_id=campaign, year=2018, **asked))


def numbers(proposals: Sequence[Proposal]) -> list[str]:
    return [one.number for one in proposals]


def test_each_filter_narrows(database: Database) -> None:
    plain = add(database)
    filed = add(database, category="culture", unit="焊装车间", assignee="李梅", submitted_at=at(3))
    form = add(database, channel=IntakeChannel.DEPARTMENT, status=ProposalStatus.REJECTED, submitted_at=at(5))
    assert wanted(database) == [plain, filed, form]
    assert wanted(database, status=ProposalStatus.REJECTED) == [form]
    assert wanted(database, channel=IntakeChannel.WECHAT) == [plain, filed]
    assert wanted(database, category="culture") == wanted(database, assignee="李梅") == [filed]
    assert wanted(database, category=NONE) == wanted(database, assignee=NONE) == [plain, form]
    assert wanted(database, unit="焊装") == wanted(database, unit="hz") == [filed]
    assert wanted(database, unit=NONE) == [plain, form]
    assert wanted(database, unit="总装") == []
    assert wanted(database, since=at(3)) == [filed, form]
    assert wanted(database, since=at(2), until=at(5)) == [filed]
    assert wanted(database, category=NONE, channel=IntakeChannel.WECHAT) == [plain]


def test_a_prepared_answer_and_chosen_ids(database: Database) -> None:
    plain, decided = add(database), add(database)
    with database.writing() as session:
        operator = Operator(name="李梅", password_hash="x", roles=[], created_at=START)
        one = session.scalars(select(Proposal).where(Proposal.number == decided)).one()
        session.add(operator)
        session.flush()
        kind = DecisionKind.REJECT
        session.add(Decision(proposal_id=one.id, kind=kind, reason="…", operator_id=operator.id, decided_at=START))
        ids = frozenset({one.id})
    assert wanted(database, prepared=True) == wanted(database, ids=ids) == [decided]
    assert wanted(database, prepared=False) == [plain]
    assert wanted(database, ids=frozenset()) == []


def test_units_are_listed_each_once(database: Database) -> None:
    for unit in ("总装车间", "焊装车间", None, "总装车间"):
        add(database, unit=unit)
    with database.reading() as session:
        campaign = session.scalars(select(Campaign.id)).one()
        assert set(listing.units(session, campaign)) == {"总装车间", "焊装车间"}
        assert len(listing.units(session, None)) == 2
        assert listing.units(session, campaign + 1) == []


def test_counting_stops(database: Database) -> None:
    with database.writing() as session:
        campaign = session.scalars(select(Campaign.id)).one()
        session.add_all(proposal(campaign, f"SS2018-{n:04d}", "空调") for n in range(1, COUNTED + 20))
    with database.reading() as session:
        assert listing.count(session, fitting(session)) == COUNTED + 1


@pytest.mark.parametrize("order", list(Order))
def test_pages_turn_both_ways_and_meet_at_the_ends(database: Database, order: Order) -> None:
    made = [add(database, submitted_at=at(1 + n % 4)) for n in range(7)]
    stand_behind(database, made[2], 3)
    stand_behind(database, made[5], 1)
    with database.reading() as session:
        narrowing = fitting(session)
        whole = numbers(paging.first_page(session, narrowing, order, 50).proposals)
        forward, page = [], paging.first_page(session, narrowing, order, 3)
        assert not page.has_before
        while True:
            forward += numbers(page.proposals)
            if not page.has_after:
                break
            page = paging.page_after(session, narrowing, order, 3, page.proposals[-1])
        last = paging.last_page(session, narrowing, order, 3)
        before = paging.page_before(session, narrowing, order, 3, last.proposals[0])
        middle = last.proposals[1]
        beside = paging.neighbours(session, narrowing, order, middle)
        assert numbers([one for one in beside if one]) == [whole[4], whole[6]]
    assert forward == whole
    assert sorted(whole) == sorted(made)
    assert numbers(last.proposals) == whole[-3:]
    assert last.has_before
    assert not last.has_after
    assert numbers(before.proposals) == whole[1:4]
    assert before.has_before
    assert before.has_after


def test_the_orders(database: Database) -> None:
    first, second, third = add(database, submitted_at=at(2)), add(database, submitted_at=at(9)), add(database)
    stand_behind(database, third, 2)
    stand_behind(database, first, 1)
    assert ordered(database, NEWEST) == [second, first, third]
    assert ordered(database, OLDEST) == [third, first, second]
    assert ordered(database, SUPPORTED) == [third, first, second]


def test_whoever_stands_behind_a_merged_one_counts_once_for_what_leads(database: Database) -> None:
    leading, merged, popular = add(database), add(database), add(database)
    stand_behind(database, leading, 2)
    stand_behind(database, merged, 4)  # two of them stand behind both
    stand_behind(database, popular, 5)
    with database.writing() as session:
        by_number = {one.number: one for one in session.scalars(select(Proposal))}
        by_number[merged].merged_into_id = by_number[leading].id
        supporting.recount(session, by_number[leading])
    assert ordered(database, SUPPORTED) == [popular, merged, leading]
    stand_behind(database, merged, 6)
    assert ordered(database, SUPPORTED) == [merged, leading, popular]


def ordered(database: Database, order: Order) -> list[str]:
    with database.reading() as session:
        return numbers(paging.first_page(session, fitting(session), order, 50).proposals)


def stand_behind(database: Database, number: str, persons: int) -> None:
    """So many persons, the first of them always the same."""
    with database.writing() as session:
        one = session.scalars(select(Proposal).where(Proposal.number == number)).one()
        there = set(session.scalars(select(Support.person).where(Support.proposal_id == one.id)))
        new = {f"person {n}" for n in range(persons)} - there
        session.add_all(Support(proposal_id=one.id, person=person, given_at=START) for person in new)
        supporting.recount(session, one)
