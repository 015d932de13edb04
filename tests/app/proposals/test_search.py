"""Finding proposals by their words, on both databases."""

import pytest
from sqlalchemy import insert, select, text

from app.database import Database
from app.proposals import listing, search
from app.proposals.listing import Wanted
from models import Campaign, Proposal
from tests.app.proposals.proposing import add, proposal
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import load_campaign


@pytest.fixture(autouse=True)
def campaign(database: Database, clock: SteppingClock) -> None:
    load_campaign(database, clock)


def found(database: Database, typed: str) -> list[str]:
    with database.reading() as session:
        campaign = session.scalars(select(Campaign.id)).one()
        wanted = Wanted(campaign_id=campaign, words=tuple(typed.split()), year=2018)
        return [one.number for one in listing.page(session, wanted, after=0, limit=50)]


def entries(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM proposal_search")) or 0


def test_by_any_of_its_words(database: Database) -> None:
    dormitory = add(database, "职工宿舍加装空调", summary="夏天太热", expected_outcome="装 50 台")
    canteen = add(database, "食堂菜价", summary="职工觉得贵", unit="焊装车间")
    assert found(database, "职工") == [dormitory, canteen]
    assert found(database, "宿舍") == [dormitory]
    assert found(database, "职工 菜价") == [canteen]
    assert found(database, "菜价 宿舍") == []
    assert found(database, "堂") == [canteen]
    assert found(database, "zgss") == [dormitory]
    assert found(database, "焊装") == found(database, "hzcj") == [canteen]
    assert found(database, "没有这个") == []


def test_by_its_number_however_it_is_written(database: Database) -> None:
    number = add(database, number="SS2018-0712")
    for typed in ("SS2018-0712", "ss2018-712", "0712", "712", "712号"):
        assert found(database, typed) == [number]
    assert found(database, "71") == []


@pytest.mark.parametrize(
    "typed", ["'", '"', "职工' OR '1", '"职工', "a:*", "NOT", "职工 AND", "(", "\\", "%", "~zg", "-食堂"]
)
def test_signs_are_not_a_language(database: Database, typed: str) -> None:
    add(database, "食堂")
    found(database, typed)


def test_signs_beside_a_word_are_passed_over(database: Database) -> None:
    number = add(database, "食堂")
    assert found(database, "食堂 + -") == [number]
    assert found(database, "+") == []


def test_new_words_replace_the_old(database: Database) -> None:
    number = add(database, "食堂")
    with database.writing() as session:
        session.scalars(select(Proposal)).one().title = "澡堂"
    assert found(database, "食堂") == []
    assert found(database, "澡堂") == [number]


def test_what_is_deleted_leaves_the_index(database: Database) -> None:
    add(database, "食堂")
    assert entries(database) == 1
    with database.writing() as session:
        session.delete(session.scalars(select(Proposal)).one())
    assert entries(database) == 0


def test_what_came_in_past_the_index_is_caught_up_with(database: Database) -> None:
    with database.writing() as session:
        campaign = session.scalars(select(Campaign.id)).one()
        whole = proposal(campaign, "SS2018-0001", "食堂")
        values = {
            c.key: getattr(whole, c.key) for c in Proposal.__table__.columns if getattr(whole, c.key) is not None
        }
        session.execute(insert(Proposal), [values])
    assert found(database, "食堂") == []
    with database.writing() as session:
        assert search.catch_up(session) == 1
        assert search.catch_up(session) == 0
    assert found(database, "食堂") == ["SS2018-0001"]
