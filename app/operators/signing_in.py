"""Signing in: a name with its password, then a code where the account asks for one.

Five failures lock an account for a quarter of an hour. Nobody learns whether a name exists, a password was right
or an account is locked: all is refused in the same words, else a guesser could go on while it is locked. Who is
signed in already stays so, and the owner can unlock.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.crypto import Keyring
from app.operators import log, sessions, totp
from app.operators.passwords import matches
from models import Action, Operator

FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
TOTP_SEALED_FOR = "operators.totp"

NOBODY = "operator"  # the subject of failures with a name that does not exist
NOBODY_LOGGED = 10  # such failures in a minute; a stranger must not fill the log
FAILED, ENTERED = "operator.sign_in_failed", "operator.sign_in"


class Step(Enum):
    REFUSED = auto()
    CODE_NEEDED = auto()
    ENTERED = auto()


class Outcome(NamedTuple):
    """`cookie` is that of the new session, `operator_id` whose code is awaited."""

    step: Step
    cookie: str = ""
    operator_id: int = 0


REFUSED = Outcome(Step.REFUSED)


@dataclass(frozen=True)
class Claim:
    """Somebody says to be `name`. The account may not exist."""

    name: str
    operator_id: int | None
    password_hash: str | None

    def is_proven_by(self, password: str) -> bool:
        """Slow by design, and as slow for a name that does not exist: to be asked outside a transaction."""
        return matches(password, self.password_hash)


def claimed(session: Session, name: str) -> Claim:
    name = name.strip()
    if not name.isprintable():  # no such name is given, and PostgreSQL has no text with a null in it
        return Claim(name, None, None)
    found = session.execute(
        select(Operator.id, Operator.password_hash).where(Operator.name == name, Operator.disabled_at.is_(None))
    ).first()
    return Claim(name, *found) if found else Claim(name, None, None)


def enter(
    session: Session, claim: Claim, proven: bool, browser: str, *, keyring: Keyring, clock: Clock
) -> Outcome:
    operator = _locked_row(session, claim.operator_id)
    if operator is None:
        _record_stranger(session, claim.name, keyring, clock)
        return REFUSED
    if _is_locked(operator, clock):
        return REFUSED
    if not proven or operator.password_hash != claim.password_hash:
        return _fail(session, operator, "password", clock)
    if operator.totp is not None:
        return Outcome(Step.CODE_NEEDED, operator_id=operator.id)
    return _let_in(session, operator, browser, clock)


def enter_with_code(
    session: Session, operator_id: int, mark: str, code: str, browser: str, *, keyring: Keyring, clock: Clock
) -> Outcome:
    """The second step, for one whose password was right: `mark` is the `password_mark` of that moment."""
    operator = _locked_row(session, operator_id)
    if operator is None or _is_locked(operator, clock) or mark not in _marks(operator, keyring):
        return REFUSED
    if operator.totp is None:  # taken away meanwhile
        return _let_in(session, operator, browser, clock)
    secret = keyring.open(operator.totp, TOTP_SEALED_FOR)
    step = totp.step_of(secret, code, clock.wall(), after=operator.totp_step)
    if step is None:
        return _fail(session, operator, "code", clock)
    operator.totp_step = step
    return _let_in(session, operator, browser, clock)


def confirm(session: Session, claim: Claim, proven: bool, clock: Clock) -> bool:
    """Whether somebody already signed in is still the same person. Failures count as in signing in."""
    operator = _locked_row(session, claim.operator_id)
    if operator is None or _is_locked(operator, clock):
        return False
    if not proven or operator.password_hash != claim.password_hash:
        _fail(session, operator, "password", clock)
        return False
    operator.failures = 0
    return True


def password_mark(session: Session, operator_id: int, keyring: Keyring) -> str:
    """Goes with the first step to the second, and is void once the password has changed."""
    return _marks(session.get_one(Operator, operator_id), keyring)[0]


def _marks(operator: Operator, keyring: Keyring) -> list[str]:
    return keyring.digests(f"{operator.id}:{operator.password_hash}", "sign-in step")


def _locked_row(session: Session, operator_id: int | None) -> Operator | None:
    if operator_id is None:
        return None
    active = select(Operator).where(Operator.id == operator_id, Operator.disabled_at.is_(None))
    return session.scalar(active.with_for_update())


def _is_locked(operator: Operator, clock: Clock) -> bool:
    return operator.locked_until is not None and operator.locked_until > clock.wall()


def _let_in(session: Session, operator: Operator, browser: str, clock: Clock) -> Outcome:
    operator.failures, operator.locked_until = 0, None
    sessions.forget_expired(session, clock)
    cookie = sessions.begin(session, operator.id, browser, clock)
    name = f"operator:{operator.name}"
    log.record(session, actor=name, verb=ENTERED, subject=name, detail={"browser": browser}, clock=clock)
    return Outcome(Step.ENTERED, cookie)


def _fail(session: Session, operator: Operator, what: str, clock: Clock) -> Outcome:
    operator.failures += 1
    locks = operator.failures >= FAILURES
    if locks:
        operator.failures, operator.locked_until = 0, clock.wall() + LOCKED_FOR
    detail = {"wrong": what, "locked": locks}
    log.record(
        session, actor="console", verb=FAILED, subject=f"operator:{operator.name}", detail=detail, clock=clock
    )
    return REFUSED


def _record_stranger(session: Session, name: str, keyring: Keyring, clock: Clock) -> None:
    """By a digest: what was typed may be a password."""
    lately = session.scalars(
        select(Action.at).where(Action.subject == NOBODY).order_by(Action.id.desc()).limit(NOBODY_LOGGED)
    ).all()
    if len(lately) == NOBODY_LOGGED and lately[-1] > clock.wall() - timedelta(minutes=1):
        return
    detail = {"name": log.personal_digest(keyring, name)}
    log.record(session, actor="console", verb=FAILED, subject=NOBODY, detail=detail, clock=clock)
