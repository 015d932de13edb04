"""Sorting proposals, one and many: what changes, what is refused, what the log says."""

import pytest
from sqlalchemy import select

from app.campaigns import queries as campaigns_found
from app.campaigns import service as campaigns
from app.clock import Clock
from app.database import Database
from app.errors import Forbidden, Invalid, NotFound
from app.operators import queries, service
from app.operators.passwords import PasswordHash
from app.operators.queries import Account
from app.proposals import sorting
from app.proposals.sorting import ChangedMeanwhile, Changes, Sorted
from models import Action
from models.enums import PhaseKind, Role
from tests.app.proposals.proposing import add
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import load_campaign


@pytest.fixture
def intake(database: Database, clock: SteppingClock) -> Account:
    load_campaign(database, clock)
    return operator(database, clock, "李梅", Role.INTAKE)


def operator(database: Database, clock: Clock, name: str, role: Role) -> Account:
    with database.writing() as session:
        added = service.add(session, name, PasswordHash("x"), [role], actor="cli:tester", clock=clock)
        account = queries.by_id(session, added.id)
    assert account is not None
    return account


def sort_all(database: Database, clock: Clock, by: Account, changes: Changes, *numbers: str) -> list[Sorted]:
    with database.writing() as session:
        return sorting.sort_all(session, numbers, changes, by=by, clock=clock)


def logged(database: Database) -> list[tuple[str, object]]:
    with database.reading() as session:
        rows = session.scalars(select(Action).where(Action.verb == "proposal.sort").order_by(Action.id))
        return [(row.subject, row.detail) for row in rows]


def test_many_are_sorted_and_each_is_told_of(database: Database, clock: SteppingClock, intake: Account) -> None:
    first, filed = add(database), add(database, category="culture")
    key = category(database)
    outcome = sort_all(database, clock, intake, {"category": key}, first, "SS2018-9999", filed)
    assert [(one.number, one.changed) for one in outcome] == [(first, True), ("SS2018-9999", False), (filed, True)]
    assert outcome[1].refusal == "没有 SS2018-9999 这份提案。"
    assert logged(database) == [
        (f"proposal:{first}", {"category": {"from": None, "to": key}}),
        (f"proposal:{filed}", {"category": {"from": "culture", "to": key}}),
    ]


def test_what_is_so_already_is_no_change(database: Database, clock: SteppingClock, intake: Account) -> None:
    number = add(database, assignee="李梅")
    assert sort_all(database, clock, intake, {"assignee": "李梅"}, number) == [Sorted(number)]
    assert logged(database) == []


def test_nobody_gets_work_who_is_not_there(database: Database, clock: SteppingClock, intake: Account) -> None:
    operator(database, clock, "王强", Role.REVIEWER)
    number = add(database)
    assert sort_all(database, clock, intake, {"assignee": "赵六"}, number)[0].refusal == "没有叫“赵六”的操作员。"
    assert sort_all(database, clock, intake, {"assignee": "王强"}, number)[0].changed
    assert sort_all(database, clock, intake, {"assignee": None}, number)[0].changed


def test_it_takes_the_power_and_the_phase(database: Database, clock: SteppingClock, intake: Account) -> None:
    number = add(database)
    auditor = operator(database, clock, "孙审", Role.AUDITOR)
    with pytest.raises(Forbidden):
        sort_all(database, clock, auditor, {"category": None}, number)
    with database.writing() as session:
        campaigns.set_phase(session, "2018", PhaseKind.PUBLISHED, "公布了", actor="cli:tester", clock=clock)
    assert "不能给提案分类" in sort_all(database, clock, intake, {"assignee": "李梅"}, number)[0].refusal


def test_two_at_once_do_not_write_over_each_other(
    database: Database, clock: SteppingClock, intake: Account
) -> None:
    number, key = add(database), category(database)
    seen = {"category": None, "assignee": None}

    def sort(changes: Changes) -> None:
        with database.writing() as session:
            sorting.sort(session, number, changes, by=intake, clock=clock, seen=seen)

    sort({"category": key, "assignee": None})
    with pytest.raises(ChangedMeanwhile):
        sort({"category": None, "assignee": "李梅"})
    sort({"category": key, "assignee": "李梅"})  # the same category: nothing is lost


def test_one_that_is_wrong_is_refused(database: Database, clock: SteppingClock, intake: Account) -> None:
    number = add(database)
    with database.writing() as session, pytest.raises(NotFound):
        sorting.sort(session, "SS2018-9999", {"category": None}, by=intake, clock=clock)
    with database.writing() as session, pytest.raises(Invalid):
        sorting.sort(session, number, {"category": "nowhere"}, by=intake, clock=clock)


def category(database: Database) -> str:
    """The first that the campaign has."""
    with database.reading() as session:
        return campaigns_found.by_key(session, "2018", Clock()).definition.categories[0].key
