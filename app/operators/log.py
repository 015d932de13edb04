"""The action log: who did what to what, each entry chained by its hash to the one before."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app.clock import Clock
from app.crypto import Keyring
from models import Action

GENESIS = "0" * 64
TAIL_LOCK = 0x7368_6973_6869  # "shishi": the advisory lock that lets one transaction at a time append
ROWS_AT_ONCE = 500


def record(
    session: Session, *, actor: str, verb: str, subject: str, detail: Mapping[str, Any] | None = None, clock: Clock
) -> None:
    """Append an entry, in the caller's transaction: `verb` as "campaign.load", `subject` as "campaign:2018".

    `detail` is JSON without personal values: put `personal_digest` of them. On PostgreSQL the end of the log
    stays locked until the commit, so record as the last thing a transaction does.
    """
    number, previous = _tail(session)
    values = {
        "id": number + 1,
        "at": clock.wall().astimezone(UTC),
        "actor": actor,
        "verb": verb,
        "subject": subject,
        "detail": json.loads(json.dumps(detail or {})),
        "previous": previous,
    }
    session.execute(insert(Action).values(**values, hash=digest_of(**values)))


def personal_digest(keyring: Keyring, value: str) -> str:
    """What stands in the log for a personal value: tells whether two are the same, and nothing else."""
    return keyring.digest(value, "action log")


def verify(session: Session) -> int | None:
    """The number of the first entry that was changed, removed or put out of order; None when the log is whole."""
    expected, previous = 1, GENESIS
    in_order = select(Action).order_by(Action.id).execution_options(yield_per=ROWS_AT_ONCE)
    with closing(session.scalars(in_order)) as actions:
        for action in actions:
            if action.id != expected or action.previous != previous or action.hash != _hash_of(action):
                return expected
            expected, previous = expected + 1, action.hash
    return None


class Last(NamedTuple):
    """The end of the log; of an empty one number 0 and the hash that the first entry follows."""

    id: int
    hash: str


def last(session: Session) -> Last:
    found = session.execute(select(Action.id, Action.hash).order_by(Action.id.desc()).limit(1)).first()
    return Last(*found) if found else Last(0, GENESIS)


def _tail(session: Session) -> Last:
    """Number and hash of the last entry, with the right to be the next. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": TAIL_LOCK})
    return last(session)


def _hash_of(action: Action) -> str:
    return digest_of(
        action.id, action.at, action.actor, action.verb, action.subject, action.detail, action.previous
    )


def digest_of(
    id: int, at: datetime, actor: str, verb: str, subject: str, detail: dict[str, Any], previous: str
) -> str:
    """What chains an entry: the SHA-256 of its canonical JSON, the hash before included."""
    fields = [id, at.isoformat(), actor, verb, subject, detail, previous]
    canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
