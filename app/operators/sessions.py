"""Browsers in which operators are signed in: a random cookie each, of which only the SHA-256 is kept."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from app.clock import Clock
from app.operators import log
from app.operators.queries import Account, by_id
from models import OperatorSession

COOKIE_BYTES = 32
IDLE = timedelta(hours=2)  # without opening a page
LONGEST = timedelta(hours=12)  # since signing in
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedIn:
    """A session that is alive."""

    id: int
    account: Account
    seen_at: datetime


def begin(session: Session, operator_id: int, browser: str, clock: Clock) -> str:
    """The cookie of a new session; it is told this once."""
    cookie, now = secrets.token_urlsafe(COOKIE_BYTES), clock.wall()
    session.add(
        OperatorSession(
            operator_id=operator_id, digest=_digest(cookie), signed_in_at=now, seen_at=now, browser=browser[:80]
        )
    )
    return cookie


def find(session: Session, cookie: str, clock: Clock) -> SignedIn | None:
    """None for a cookie that is unknown or too old, or whose account was disabled."""
    if not cookie:
        return None
    found = session.scalar(_alive(clock).where(OperatorSession.digest == _digest(cookie)))
    account = by_id(session, found.operator_id) if found else None
    return SignedIn(found.id, account, found.seen_at) if found and account else None


def seen_long_ago(signed_in: SignedIn, clock: Clock) -> bool:
    return clock.wall() - signed_in.seen_at >= SEEN_EVERY


def seen(session: Session, session_id: int, clock: Clock) -> None:
    session.execute(update(OperatorSession).where(OperatorSession.id == session_id).values(seen_at=clock.wall()))


def of_operator(session: Session, operator_id: int, clock: Clock) -> Sequence[OperatorSession]:
    """Those alive, the one last seen first."""
    own = _alive(clock).where(OperatorSession.operator_id == operator_id)
    return session.scalars(own.order_by(OperatorSession.seen_at.desc(), OperatorSession.id)).all()


def end(session: Session, operator_id: int, session_id: int) -> bool:
    """Whether there was such a session of this operator."""
    own = delete(OperatorSession).where(
        OperatorSession.id == session_id, OperatorSession.operator_id == operator_id
    )
    return session.scalar(own.returning(OperatorSession.id)) is not None


def sign_out(session: Session, account: Account, session_id: int, clock: Clock) -> None:
    if end(session, account.id, session_id):
        log.record(session, actor=account.actor, verb="operator.sign_out", subject=account.actor, clock=clock)


def end_others(session: Session, account: Account, session_id: int, clock: Clock) -> int:
    """Everywhere but here; how many there were."""
    ended = end_all(session, account.id, but=session_id)
    if ended:
        detail = {"sessions_ended": ended}
        verb = "operator.sign_out"
        log.record(session, actor=account.actor, verb=verb, subject=account.actor, detail=detail, clock=clock)
    return ended


def last_seen(session: Session) -> Mapping[int, datetime]:
    """When an operator with a session opened a page last, by the operator's id."""
    latest = func.max(OperatorSession.seen_at).label("seen_at")
    rows = session.execute(select(OperatorSession.operator_id, latest).group_by(OperatorSession.operator_id))
    return {row.operator_id: row.seen_at for row in rows}


def end_all(session: Session, operator_id: int, *, but: int | None = None) -> int:
    """How many were ended."""
    ended = delete(OperatorSession).where(OperatorSession.operator_id == operator_id)
    if but is not None:
        ended = ended.where(OperatorSession.id != but)
    return len(session.scalars(ended.returning(OperatorSession.id)).all())


def forget_expired(session: Session, clock: Clock) -> None:
    now = clock.wall()
    session.execute(
        delete(OperatorSession).where(
            (OperatorSession.seen_at <= now - IDLE) | (OperatorSession.signed_in_at <= now - LONGEST)
        )
    )


def _alive(clock: Clock) -> Select[OperatorSession]:
    now = clock.wall()
    return select(OperatorSession).where(
        OperatorSession.seen_at > now - IDLE, OperatorSession.signed_in_at > now - LONGEST
    )


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
