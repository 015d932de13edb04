"""Accounts: passwords, tokens and who they belong to."""

import pytest
from argon2 import PasswordHasher, Type
from sqlalchemy import select

from app.database import Database
from app.errors import Forbidden, Invalid, NotFound
from app.operators import log, queries, service
from app.operators.passwords import PasswordHash, hash_password, matches
from app.operators.rules import Power
from models import Action, Operator, OperatorToken
from models.enums import Role
from tests.fixtures.clocks import SteppingClock

ACTOR = "cli:tester"
PASSWORD = "the-first-of-all"


@pytest.fixture(scope="module")
def password() -> PasswordHash:
    return hash_password(PASSWORD)


def add(
    database: Database, password: PasswordHash, clock: SteppingClock, name: str = "李工", *roles: Role
) -> None:
    with database.writing() as session:
        service.add(session, name, password, roles or (Role.INTAKE, Role.REVIEWER), actor=ACTOR, clock=clock)


def issue(database: Database, clock: SteppingClock, name: str = "李工") -> str:
    with database.writing() as session:
        return service.issue_token(session, name, actor=ACTOR, clock=clock)


def test_a_hash_costs_what_is_advised(real_hasher: PasswordHasher) -> None:
    """At least what OWASP names for argon2id: 46 MiB once, or 19 MiB twice."""
    assert real_hasher.type is Type.ID
    assert real_hasher.memory_cost >= 47104  # KiB


def test_a_password_is_kept_as_argon2id(password: PasswordHash) -> None:
    assert password.startswith("$argon2id$")
    assert matches(PASSWORD, password)
    assert not matches(PASSWORD + "x", password)
    assert not matches("nobody's password", None)


@pytest.mark.parametrize("bad", ["", "123456789", "aaaaaaaaaaaa", "x" * 201])
def test_a_weak_password_is_refused(bad: str) -> None:
    with pytest.raises(Invalid, match="密码"):
        hash_password(bad)


def test_an_account_is_found_again(database: Database, password: PasswordHash, clock: SteppingClock) -> None:
    add(database, password, clock)
    with database.reading() as session:
        account = queries.by_id(session, 1)
        assert account is not None
        assert account.name == "李工"
        assert account.roles == {Role.INTAKE, Role.REVIEWER}
        assert queries.by_id(session, 2) is None


def test_a_token_is_shown_once_and_kept_as_a_digest(
    database: Database, password: PasswordHash, clock: SteppingClock
) -> None:
    add(database, password, clock)
    token, other = issue(database, clock), issue(database, clock)
    assert token.startswith("shishi_")
    assert len(token) >= 50
    assert token != other
    with database.reading() as session:
        kept = session.scalars(select(OperatorToken.digest)).all()
        assert token not in kept
        assert [account.name for each in (token, other) if (account := queries.by_token(session, each))] == [
            "李工"
        ] * 2
        assert queries.by_token(session, token[:-1]) is None
        assert queries.by_token(session, kept[0]) is None
        assert queries.by_token(session, "") is None


def test_a_disabled_account_opens_nothing(
    database: Database, password: PasswordHash, clock: SteppingClock
) -> None:
    add(database, password, clock)
    token = issue(database, clock)
    with database.writing() as session:
        session.scalars(select(Operator)).one().disabled_at = clock.now()
    with database.reading() as session:
        assert queries.by_token(session, token) is None
        assert queries.by_id(session, 1) is None
    with pytest.raises(NotFound):
        issue(database, clock)


def test_a_name_is_given_once(database: Database, password: PasswordHash, clock: SteppingClock) -> None:
    add(database, password, clock)
    with pytest.raises(service.NameTaken, match="已经有一位操作员叫“李工”了"):
        add(database, password, clock, " 李工 ")


@pytest.mark.parametrize("name", ["", "   ", "长" * 81, "李\n工", "李\x00工"])
def test_a_bad_name_is_refused(
    database: Database, password: PasswordHash, clock: SteppingClock, name: str
) -> None:
    with pytest.raises(Invalid, match="操作员的名字"):
        add(database, password, clock, name)


def test_an_account_without_a_role_is_refused(
    database: Database, password: PasswordHash, clock: SteppingClock
) -> None:
    with database.writing() as session, pytest.raises(Invalid, match="至少要给一个角色"):
        service.add(session, "李工", password, (), actor=ACTOR, clock=clock)


def test_changes_are_logged_without_secrets(
    database: Database, password: PasswordHash, clock: SteppingClock
) -> None:
    add(database, password, clock)
    token = issue(database, clock)
    with database.reading() as session:
        entries = session.scalars(select(Action).order_by(Action.id)).all()
        assert [entry.verb for entry in entries] == ["operator.add", "operator.token"]
        assert entries[0].detail == {"roles": ["intake", "reviewer"]}
        said = str([(entry.detail, entry.subject) for entry in entries])
        assert token not in said
        assert password not in said
        assert log.verify(session) is None


def test_an_account_may_what_its_roles_may(
    database: Database, password: PasswordHash, clock: SteppingClock
) -> None:
    add(database, password, clock, "张工", Role.APPROVER)
    with database.reading() as session:
        account = queries.by_id(session, 1)
        assert [operator.name for operator in queries.everyone(session)] == ["张工"]
    assert account is not None
    assert account.actor == "operator:张工"
    account.require(Power.SET_PHASE)
    with pytest.raises(Forbidden, match="找负责人开通"):
        account.require(Power.DECIDE)
