"""What is not needed any more goes, in slices, so that chat goes on in between."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, and_, cast, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.database import leave_no_trace
from app.operators import requests
from app.outbox.rules import Kind
from app.outbox.service import to_be_shown
from models import CallbackRequest, Delivery, Inbound, JobEnd, OAuthCode, RequestKey

SLICE = 5000
REPLIES_KEPT = timedelta(hours=72)
ANSWERS_KEPT = timedelta(minutes=10)  # far longer than the platform repeats a message
FINGERPRINTS_KEPT = timedelta(hours=1)  # far longer than the callback's time window
ENDS_KEPT = timedelta(days=7)  # far longer than a broadcast waits to write down what it was answered
CODES_KEPT = timedelta(hours=1)  # far longer than a code lives

# One slice of a chore at this moment: how many rows it took; fewer than SLICE means that it is done.
Chore = Callable[[Session, datetime], int]


def forget_replies(session: Session, now: datetime) -> int:
    """Stored replies, once the platform surely repeats their messages no more."""
    return _drop(session, Inbound.key, Inbound.received_at, now - REPLIES_KEPT)


def forget_answers(session: Session, now: datetime) -> int:
    """What replies said: it may be how somebody voted. That their messages were answered is kept for longer."""
    said = and_(Inbound.received_at < now - ANSWERS_KEPT, Inbound.reply.is_not(None))
    keys = session.scalars(select(Inbound.key).where(said).limit(SLICE)).all()
    session.execute(update(Inbound).where(Inbound.key.in_(keys)).values(reply=None))
    return len(keys)


def forget_bodies(session: Session, now: datetime) -> int:
    """What messages said, once they are done with: they hold whole replies. What waits to be shown stays."""
    waiting = select(Delivery.id).where(to_be_shown(now))
    holding = cast(Delivery.body, Text) != "{}"
    late = and_(Delivery.kind == Kind.ANSWER, Delivery.finished_at < now - ANSWERS_KEPT)
    old = and_(or_(Delivery.finished_at < now - REPLIES_KEPT, late), holding, Delivery.id.not_in(waiting))
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


def forget_ends(session: Session, now: datetime) -> int:
    """How single messages ended, as the ledger knows by now. Mass jobs are few, and shown with their counts."""
    single = and_(JobEnd.at < now - ENDS_KEPT, JobEnd.channel != "mass")
    rows = session.execute(select(JobEnd.channel, JobEnd.platform_id).where(single).limit(SLICE)).all()
    for channel in {row.channel for row in rows}:
        ids = [row.platform_id for row in rows if row.channel == channel]
        session.execute(delete(JobEnd).where(JobEnd.channel == channel, JobEnd.platform_id.in_(ids)))
    return len(rows)


def forget_traces(session: Session, _now: datetime) -> int:
    """The last: what the others erased, and what a command erased while somebody was reading."""
    leave_no_trace(session)
    return 0


CHORES: tuple[Chore, ...] = (
    forget_replies,
    forget_answers,
    forget_bodies,
    forget_fingerprints,
    forget_codes,
    forget_request_keys,
    forget_ends,
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
