"""Followers come, write and go."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from app.upserts import insert_into
from models import Follower

SCENE_LIMIT = 64  # characters of a scene, as the platform has it

TABLE: Table = Follower.metadata.tables[Follower.__tablename__]


@dataclass(slots=True)
class Contact:
    """A follower in hand: what a turn of talk reads and changes. `save` writes it. See models.Follower."""

    id: int
    openid: str
    subscribed: bool
    subscribed_at: datetime | None
    scene: str | None
    seen_at: datetime | None
    message_window_at: datetime | None
    message_window_used: int
    action_window_at: datetime | None
    action_window_used: int
    chat_minute: int
    chat_count: int
    rest: bytes | None


REST_PLACE = "followers.rest"
FIELDS = tuple(Contact.__dataclass_fields__)
FIND = (
    select(*(TABLE.c[name] for name in FIELDS))
    .where(TABLE.c.openid.in_(bindparam("openids", expanding=True)))
    .order_by(TABLE.c.id)
    .with_for_update()
)
CHANGED = tuple(name for name in FIELDS if name not in ("id", "openid"))
CHANGE = (
    update(TABLE).where(TABLE.c.id == bindparam("follower")).values({name: bindparam(name) for name in CHANGED})
)


def meet(session: Session, openids: Collection[str], now: datetime) -> dict[str, Contact]:
    """The followers of these openids, locked for this transaction; those unknown until now are made.

    A fixed order of locking keeps two replicas from waiting for one another.
    """
    found = known(session, openids)
    missing = sorted(openid for openid in openids if openid not in found)
    if missing:
        _insert_unknown(session, missing, now)
        found.update(known(session, missing))
    return found


def known(session: Session, openids: Collection[str]) -> dict[str, Contact]:
    """Those of these openids that are followers, locked for this transaction."""
    rows = session.execute(FIND, {"openids": list(openids)})
    return {row.openid: Contact(*row) for row in rows}


def _insert_unknown(session: Session, openids: list[str], now: datetime) -> None:
    """A person may write before we hear that they follow; another replica may meet them at the same moment."""
    rows = [{"openid": openid, "created_at": now} for openid in openids]
    session.execute(insert_into(session, Follower).on_conflict_do_nothing(index_elements=["openid"]), rows)


def save(session: Session, contacts: Iterable[Contact]) -> None:
    changes = [{"follower": c.id, **{name: getattr(c, name) for name in CHANGED}} for c in contacts]
    if changes:
        session.execute(CHANGE, changes)


def subscribe(contact: Contact, scene: str | None, at: datetime) -> None:
    """`scene` is the code's that was scanned, if one was."""
    contact.subscribed = True
    contact.subscribed_at = at
    contact.scene = (scene or "")[:SCENE_LIMIT] or contact.scene
