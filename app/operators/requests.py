"""Requests that carry a key of the sender's: sent again, they do nothing and answer with what was made then."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import Clock
from app.errors import Invalid
from app.upserts import insert_into
from models import RequestKey

KEPT = timedelta(hours=24)


class KeyUsedOtherwise(Invalid):
    code = "key_used_otherwise"


def digest(*parts: str | bytes) -> bytes:
    """What is kept of a key or a request: parts may be personal, their digest is not."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.digest()


def once(session: Session, key: bytes, request: bytes, make: Callable[[], str], clock: Clock) -> str:
    """What `make` returned, which names the object made: it is called for the first request with `key` alone.

    Another process that has the same key in hand is waited for. Raises KeyUsedOtherwise.
    """
    row = {"key": key, "request": request, "made": "", "at": clock.wall()}
    adding = insert_into(session, RequestKey).values(row).on_conflict_do_nothing(index_elements=["key"])
    if session.scalar(adding.returning(RequestKey.key)) is None:
        return _made_before(session, key, request)
    made = make()
    session.execute(update(RequestKey).where(RequestKey.key == key).values(made=made))
    return made


def oldest_kept(now: datetime) -> datetime:
    """Keys from before are forgotten."""
    return now - KEPT


def _made_before(session: Session, key: bytes, request: bytes) -> str:
    known = session.get_one(RequestKey, key)
    if known.request != request:
        raise KeyUsedOtherwise("这个 Idempotency-Key 已经用在另一个请求上了，请换一个。")
    return known.made
