"""What is not needed any more goes, in slices, so that chat goes on in between."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, and_, cast, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.database import leave_no_trace
from app.operators import requests
from app.outbox.service import to_be_shown
from models import CallbackRequest, Delivery, Inbound, OAuthCode, RequestKey

SLICE = 5000
REPLIES_KEPT = timedelta(hours=72)
FINGERPRINTS_KEPT = timedelta(hours=1)  # far longer than the callback's time window
CODES_KEPT = timedelta(hours=1)  # far longer than a code lives

# One slice of a chore at this moment: how many rows it took; fewer than SLICE means that it is done.
Chore = Callable[[Session, datetime], int]


def forget_replies(session: Session, now: datetime) -> int:
    """Stored replies, once the platform surely repeats their messages no more."""
    return _drop(session, Inbound.key, Inbound.received_at, now - REPLIES_KEPT)


def forget_bodies(session: Session, now: datetime) -> int:
    """What messages said, once they are done with: they hold whole replies. What waits to be shown stays."""
    waiting = select(Delivery.id).where(to_be_shown(now))
    holding = cast(Delivery.body, Text) != "{}"
    old = and_(Delivery.finished_at < now - REPLIES_KEPT, holding, Delivery.id.not_in(waiting))
    ids = session.scalars(select(Delivery.id).where(old).limit(SLICE)).all()
    session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(body={}))
    return len(ids)


def forget_fingerprints(session: Session, now: datetime) -> int:
    before = now - FINGERPRINTS_KEPT
    return _drop(session, CallbackRequest.fingerprint, CallbackRequest.received_at, before)


def forget_codes(session: Session, now: datetime) -> int:
    return _drop(session, OAuthCode.digest, OAuthCode.used_at, now - CODES_KEPT)


def forget_request_keys(session: Session, now: datetime) -> int:
    return _drop(session, RequestKey.key, RequestKey.at, requests.oldest_kept(now))


def forget_traces(session: Session, _now: datetime) -> int:
    """The last: what the others erased, and what a command erased while somebody was reading."""
    leave_no_trace(session)
    return 0


CHORES: tuple[Chore, ...] = (
    forget_replies,
    forget_bodies,
    forget_fingerprints,
    forget_codes,
    forget_request_keys,
    forget_traces,
)


def _drop(
    session: Session,
    key: InstrumentedAttribute[Any],
    since: InstrumentedAttribute[datetime],
    before: datetime,
) -> int:
    old = session.scalars(select(key).where(since < before).limit(SLICE)).all()
    session.execute(delete(key.class_).where(key.in_(old)))
    return len(old)
