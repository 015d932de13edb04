"""Owing a message, and paying it at the person's next contact when it could not be sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.crypto import Keyring
from app.outbox import rules
from app.outbox.bodies import text_of
from app.outbox.rules import Kind
from app.upserts import insert_into
from app.wechat.errors import WINDOW_CLOSED
from models import Delivery
from models.enums import DeliveryState

CUSTOMER = "customer"

TABLE: Table = Delivery.metadata.tables[Delivery.__tablename__]
OWING = select(TABLE.c.openid).where(
    TABLE.c.openid.in_(bindparam("openids", expanding=True)),
    TABLE.c.state.in_((DeliveryState.SKIPPED, DeliveryState.FAILED)),
)


@dataclass(frozen=True)
class Owed:
    """A customer message to one person; owed once for each `key`."""

    key: str
    openid: str
    text: str


def enqueue(
    session: Session,
    *,
    key: str,
    channel: str,
    kind: str,
    openid: str,
    body: dict[str, Any],
    due_at: datetime,
    expires_at: datetime | None = None,
    about: str | None = None,
) -> bool:
    """Owe a message, in the transaction of what causes it; false when `key` is owed already.

    `kind` is one of rules.Kind; `about` names what it tells of, for `latest_about`; the body of a customer
    message is {"text": …}, or as `bodies.sealed` makes it. Raises TextTooLong.
    """
    if "text" in body:
        rules.check_text(body["text"])
    row = {
        "key": key,
        "channel": channel,
        "kind": Kind(kind),
        "openid": openid,
        "about": about,
        "body": body,
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "due_at": due_at,
        "expires_at": expires_at,
        "created_at": due_at,
    }
    adding = insert_into(session, Delivery).values(row).on_conflict_do_nothing(index_elements=["key"])
    return session.scalar(adding.returning(Delivery.id)) is not None


def enqueue_all(
    session: Session,
    owed: Collection[Owed],
    *,
    kind: str,
    about: str,
    due_at: datetime,
    expires_at: datetime | None = None,
) -> None:
    """The same for many customer messages of one cause, in one go. Raises TextTooLong."""
    if not owed:
        return
    shared = {"channel": CUSTOMER, "kind": Kind(kind), "about": about, "state": DeliveryState.PENDING}
    times = {"attempts": 0, "due_at": due_at, "expires_at": expires_at, "created_at": due_at}
    for one in owed:
        rules.check_text(one.text)
    rows = [{"key": one.key, "openid": one.openid, "body": {"text": one.text}, **shared, **times} for one in owed]
    session.execute(insert_into(session, Delivery).on_conflict_do_nothing(index_elements=["key"]), rows)


def latest_about(session: Session, subjects: Collection[str]) -> dict[str, DeliveryState]:
    """What became of the last message about each of these subjects; without one it is left out."""
    last = select(func.max(Delivery.id)).where(Delivery.about.in_(subjects)).group_by(Delivery.about)
    rows = session.execute(select(Delivery.about, Delivery.state).where(Delivery.id.in_(last)))
    return {str(row.about): row.state for row in rows}


def take_back(session: Session, keys: Collection[str]) -> set[str]:
    """Owe these messages no more, where they have neither gone out nor begun to; the keys of those taken back."""
    unsent = Delivery.state.in_((DeliveryState.PENDING, DeliveryState.SKIPPED))
    taken = delete(Delivery).where(Delivery.key.in_(keys), unsent).returning(Delivery.key)
    return set(session.scalars(taken))


def owing(session: Session, openids: Collection[str]) -> set[str]:
    """Those of these people for whom `pending_for` may have something: asked for each batch of pushes at once."""
    return set(session.scalars(OWING, {"openids": list(openids)}))


def pending_for(session: Session, openid: str, keyring: Keyring, now: datetime) -> list[str]:
    """The texts this person could not be sent, oldest first, for showing them now: each is listed once."""
    showing = update(Delivery).where(Delivery.openid == openid, to_be_shown(now))
    shown = showing.values(state=DeliveryState.SENT, finished_at=now, errcode=None, error=None)
    rows = session.execute(shown.returning(Delivery.id, Delivery.body)).all()
    return [text_of(row.body, keyring) for row in sorted(rows, key=lambda row: int(row.id))]


def to_be_shown(now: datetime) -> ColumnElement[bool]:
    """The messages that wait for their person's next contact."""
    could_not_be_sent = or_(
        Delivery.state == DeliveryState.SKIPPED,
        and_(Delivery.state == DeliveryState.FAILED, Delivery.errcode.in_(WINDOW_CLOSED)),
    )
    still_true = or_(Delivery.expires_at.is_(None), Delivery.expires_at > now)
    return and_(Delivery.channel == CUSTOMER, Delivery.kind.in_(Kind), could_not_be_sent, still_true)
