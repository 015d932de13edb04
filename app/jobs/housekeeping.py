"""What is not needed any more goes, in slices, so that chat goes on in between."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import CallbackRequest, Inbound, OAuthCode

SLICE = 5000
REPLIES_KEPT = timedelta(hours=72)
FINGERPRINTS_KEPT = timedelta(hours=1)  # far longer than the callback's time window
CODES_KEPT = timedelta(hours=1)  # far longer than a code lives

# One slice of a chore at this moment: how many rows it took; fewer than SLICE means that it is done.
Chore = Callable[[Session, datetime], int]


def forget_replies(session: Session, now: datetime) -> int:
    """Stored replies, once the platform surely repeats their messages no more."""
    return _drop(session, Inbound.key, Inbound.received_at, now - REPLIES_KEPT)


def forget_fingerprints(session: Session, now: datetime) -> int:
    before = now - FINGERPRINTS_KEPT
    return _drop(session, CallbackRequest.fingerprint, CallbackRequest.received_at, before)


def forget_codes(session: Session, now: datetime) -> int:
    return _drop(session, OAuthCode.digest, OAuthCode.used_at, now - CODES_KEPT)


CHORES: tuple[Chore, ...] = (forget_replies, forget_fingerprints, forget_codes)


def _drop(
    session: Session,
    key: InstrumentedAttribute[Any],
    since: InstrumentedAttribute[datetime],
    before: datetime,
) -> int:
    old = session.scalars(select(key).where(since < before).limit(SLICE)).all()
    session.execute(delete(key.class_).where(key.in_(old)))
    return len(old)
