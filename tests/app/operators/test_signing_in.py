"""Signing in: passwords, codes, locks, and that nobody learns what was wrong."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from app.crypto import Keyring
from app.database import Database
from app.operators import credentials, log, queries, service, sessions, signing_in
from app.operators.passwords import PasswordHash, hash_password
from app.operators.signing_in import FAILURES, LOCKED_FOR, NOBODY_LOGGED, Outcome, Step
from models import Action, Operator, OperatorSession
from models.enums import Role
from tests.fixtures.clocks import SteppingClock

NAME, PASSWORD = "李工", "correct horse battery"


@pytest.fixture(scope="module")
def password() -> PasswordHash:
    return hash_password(PASSWORD)


class Door:
    """Signing in as the console does."""

    def __init__(self, database: Database, keyring: Keyring, clock: SteppingClock) -> None:
        self.database, self.keyring, self.clock = database, keyring, clock

    def enter(self, name: str = NAME, password: str = PASSWORD) -> Outcome:
        with self.database.reading() as session:
            claim = signing_in.claimed(session, name)
        proven = claim.is_proven_by(password)
        with self.database.writing() as session:
            return signing_in.enter(session, claim, proven, "Firefox", keyring=self.keyring, clock=self.clock)

    def enter_with_code(self, mark: str, code: str) -> Outcome:
        with self.database.writing() as session:
            return signing_in.enter_with_code(
                session, 1, mark, code, "Firefox", keyring=self.keyring, clock=self.clock
            )

    def mark(self) -> str:
        with self.database.reading() as session:
            return signing_in.password_mark(session, 1, self.keyring)

    def turn_on_totp(self) -> pyotp.TOTP:
        sealed = credentials.offered_secret(self.keyring)
        app = pyotp.TOTP(credentials.secret_in(sealed, self.keyring))
        with self.database.writing() as session:
            credentials.turn_on_totp(
                session,
                NAME,
                sealed,
                app.at(self.clock.wall()),
                actor="operator:李工",
                keyring=self.keyring,
                clock=self.clock,
            )
        return app

    def alive(self, cookie: str) -> bool:
        with self.database.reading() as session:
            return sessions.find(session, cookie, self.clock) is not None

    def verbs(self) -> list[str]:
        with self.database.reading() as session:
            assert log.verify(session) is None
            return list(session.scalars(select(Action.verb).order_by(Action.id)))[1:]


@pytest.fixture
def door(database: Database, keyring: Keyring, clock: SteppingClock, password: PasswordHash) -> Door:
    with database.writing() as session:
        service.add(session, NAME, password, [Role.INTAKE], actor="cli:tester", clock=clock)
    return Door(database, keyring, clock)


def test_the_right_password_opens_a_session(door: Door) -> None:
    outcome = door.enter(" 李工 ")
    assert outcome.step is Step.ENTERED
    assert len(outcome.cookie) >= 43  # 256 bits
    assert door.alive(outcome.cookie)
    assert not door.alive(outcome.cookie[:-1])
    assert not door.alive("")
    with door.database.reading() as session:
        assert outcome.cookie not in session.scalars(select(OperatorSession.digest)).all()
    assert door.verbs() == ["operator.sign_in"]


@pytest.mark.parametrize(
    ("name", "password"), [("李工", "wrong"), ("王工", PASSWORD), ("", ""), ("李工\x00", PASSWORD)]
)
def test_a_wrong_one_is_refused_in_the_same_way(door: Door, name: str, password: str) -> None:
    assert door.enter(name, password) == signing_in.REFUSED
    assert door.verbs() == ["operator.sign_in_failed"]


def test_what_a_stranger_typed_is_not_in_the_log(door: Door) -> None:
    door.enter("my own password typed as the name", "x")
    with door.database.reading() as session:
        entry = session.scalars(select(Action).order_by(Action.id.desc())).first()
        assert entry is not None
        assert "my own" not in str((entry.subject, entry.actor, entry.detail))


def test_strangers_do_not_fill_the_log(door: Door) -> None:
    for number in range(NOBODY_LOGGED + 5):
        door.enter(f"nobody {number}", "x")
    assert len(door.verbs()) == NOBODY_LOGGED
    door.clock.advance(minutes=2)
    door.enter("nobody", "x")
    assert len(door.verbs()) == NOBODY_LOGGED + 1


def test_failures_lock_for_a_while_and_nobody_is_told(door: Door) -> None:
    before = door.enter()
    for _ in range(FAILURES):
        assert door.enter(password="wrong") == signing_in.REFUSED
    assert door.enter() == signing_in.REFUSED
    assert door.alive(before.cookie)  # who is in stays in
    door.clock.advance(seconds=LOCKED_FOR.total_seconds() - 1)
    assert door.enter() == signing_in.REFUSED
    door.clock.advance(seconds=1)
    assert door.enter().step is Step.ENTERED
    assert door.verbs() == ["operator.sign_in", *["operator.sign_in_failed"] * FAILURES, "operator.sign_in"]


def test_trying_while_locked_does_not_prolong_it(door: Door) -> None:
    for _ in range(FAILURES * 3):
        door.enter(password="wrong")
    door.clock.advance(seconds=LOCKED_FOR.total_seconds())
    assert door.enter().step is Step.ENTERED


def test_the_right_password_forgets_the_failures(door: Door) -> None:
    for _ in range(3):
        for _ in range(FAILURES - 1):
            door.enter(password="wrong")
        assert door.enter().step is Step.ENTERED


def test_unlocking(door: Door) -> None:
    for _ in range(FAILURES):
        door.enter(password="wrong")
    with door.database.writing() as session:
        service.unlock(session, NAME, actor="operator:赵主席", clock=door.clock)
    assert door.enter().step is Step.ENTERED


def test_a_code_is_asked_for_and_taken_once(door: Door) -> None:
    app = door.turn_on_totp()
    door.clock.advance(seconds=30)
    assert door.enter().step is Step.CODE_NEEDED
    code = app.at(door.clock.wall())
    assert door.enter_with_code(door.mark(), f"{code[:3]} {code[3:]}").step is Step.ENTERED
    assert door.enter_with_code(door.mark(), code) == signing_in.REFUSED
    door.clock.advance(seconds=30)
    assert door.enter_with_code(door.mark(), app.at(door.clock.wall())).step is Step.ENTERED


def test_the_code_of_enrolling_does_not_sign_in(door: Door) -> None:
    app = door.turn_on_totp()
    assert door.enter_with_code(door.mark(), app.at(door.clock.wall())) == signing_in.REFUSED


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_phone_may_be_half_a_minute_off(door: Door, seconds: int) -> None:
    app = door.turn_on_totp()
    door.clock.advance(minutes=2)
    code = app.at(door.clock.wall() + timedelta(seconds=seconds))
    assert door.enter_with_code(door.mark(), code).step is Step.ENTERED


@pytest.mark.parametrize("code", ["", "000000", "１２３４５６", "abcdef", "9" * 400])
def test_wrong_codes_lock_too(door: Door, code: str) -> None:
    app = door.turn_on_totp()
    door.clock.advance(minutes=2)
    for _ in range(FAILURES):
        assert door.enter_with_code(door.mark(), code) == signing_in.REFUSED
    assert door.enter_with_code(door.mark(), app.at(door.clock.wall())) == signing_in.REFUSED


def test_a_right_password_does_not_forget_wrong_codes(door: Door) -> None:
    door.turn_on_totp()
    door.clock.advance(minutes=2)
    for _ in range(FAILURES):
        door.enter()
        door.enter_with_code(door.mark(), "000000")
    assert door.enter() == signing_in.REFUSED


def test_the_first_step_is_void_once_the_password_has_changed(door: Door) -> None:
    app = door.turn_on_totp()
    door.clock.advance(minutes=2)
    mark = door.mark()
    with door.database.writing() as session:
        credentials.set_password(session, NAME, PasswordHash("x"), actor="operator:赵主席", clock=door.clock)
    assert door.enter_with_code(mark, app.at(door.clock.wall())) == signing_in.REFUSED


def test_a_wrong_code_does_not_turn_it_on(door: Door) -> None:
    sealed = credentials.offered_secret(door.keyring)
    for secret, code in ((sealed, "000000"), (b"", "000000"), (b"x" * 60, "000000")):
        with door.database.writing() as session, pytest.raises(credentials.WrongCode):
            credentials.turn_on_totp(
                session, NAME, secret, code, actor="x", keyring=door.keyring, clock=door.clock
            )
    assert door.enter().step is Step.ENTERED


def test_the_secret_is_sealed_in_the_database(door: Door) -> None:
    app = door.turn_on_totp()
    with door.database.reading() as session:
        kept = session.get_one(Operator, 1).totp
        assert kept is not None
        assert app.secret.encode() not in kept


def test_turning_it_off(door: Door) -> None:
    door.turn_on_totp()
    with door.database.writing() as session:
        credentials.turn_off_totp(session, NAME, actor="operator:赵主席", clock=door.clock)
    assert door.enter().step is Step.ENTERED


def test_a_session_ends_when_idle_and_after_half_a_day(door: Door) -> None:
    cookie = door.enter().cookie
    door.clock.advance(hours=1, minutes=59)
    assert door.alive(cookie)
    door.clock.advance(minutes=1)
    assert not door.alive(cookie)
    cookie = door.enter().cookie
    for _ in range(7):
        door.clock.advance(minutes=100)
        with door.database.writing() as session:
            sessions.seen(session, session.scalars(select(OperatorSession.id)).one(), door.clock)
    assert door.alive(cookie)
    door.clock.advance(minutes=20)
    assert not door.alive(cookie)


def test_disabling_ends_sessions_and_tokens(door: Door) -> None:
    cookie = door.enter().cookie
    with door.database.writing() as session:
        token = service.issue_token(session, NAME, actor="x", clock=door.clock)
        service.disable(session, NAME, actor="operator:赵主席", clock=door.clock)
    assert not door.alive(cookie)
    assert door.enter() == signing_in.REFUSED
    with door.database.writing() as session:
        service.enable(session, NAME, actor="operator:赵主席", clock=door.clock)
    assert not door.alive(cookie)
    with door.database.reading() as session:
        assert queries.by_token(session, token) is None
    assert door.enter().step is Step.ENTERED


def test_another_password_ends_all_sessions_but_ones_own(door: Door) -> None:
    own, other = door.enter().cookie, door.enter().cookie
    with door.database.writing() as session:
        kept = sessions.find(session, own, door.clock)
        assert kept is not None
        credentials.set_password(
            session, NAME, PasswordHash("x"), actor="operator:李工", clock=door.clock, keep_session=kept.id
        )
    assert door.alive(own)
    assert not door.alive(other)
    assert door.enter() == signing_in.REFUSED


def test_a_role_counts_at_once_and_the_session_stays(door: Door) -> None:
    cookie = door.enter().cookie
    with door.database.writing() as session:
        service.set_roles(session, NAME, [Role.AUDITOR], actor="operator:赵主席", clock=door.clock)
    with door.database.reading() as session:
        found = sessions.find(session, cookie, door.clock)
        assert found is not None
        assert found.account.roles == {Role.AUDITOR}


def test_the_last_owner_stays_an_owner(door: Door) -> None:
    with door.database.writing() as session:
        service.add(session, "赵主席", PasswordHash("x"), [Role.OWNER], actor="x", clock=door.clock)
        service.add(session, "钱主席", PasswordHash("x"), [Role.OWNER], actor="x", clock=door.clock)
        service.disable(session, "钱主席", actor="operator:赵主席", clock=door.clock)
        with pytest.raises(service.LastOwner):
            service.disable(session, "赵主席", actor="operator:赵主席", clock=door.clock)
        with pytest.raises(service.LastOwner):
            service.set_roles(session, "赵主席", [Role.AUDITOR], actor="operator:赵主席", clock=door.clock)
        service.disable(session, NAME, actor="operator:赵主席", clock=door.clock)


def test_a_token_is_noted_as_used_once_a_minute(door: Door) -> None:
    with door.database.writing() as session:
        token = service.issue_token(session, NAME, actor="x", clock=door.clock)
        assert not queries.use_was_noted(session, token, door.clock.wall())
        service.note_use(session, token, door.clock)
        assert queries.use_was_noted(session, token, door.clock.wall())
        door.clock.advance(seconds=61)
        assert not queries.use_was_noted(session, token, door.clock.wall())
