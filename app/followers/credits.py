"""How many subscription notices a person still takes: the platform tells of each yes, and cannot be asked."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.upserts import insert_into
from models import Credit


def accept(session: Session, follower_id: int, template_id: str, now: datetime) -> None:
    """One more: a yes is good for one message, whenever it comes."""
    row = {"follower_id": follower_id, "template_id": template_id, "remaining": 1, "changed_at": now}
    adding = insert_into(session, Credit).values(row)
    more = {"remaining": Credit.remaining + 1, "changed_at": now}
    session.execute(adding.on_conflict_do_update(index_elements=["follower_id", "template_id"], set_=more))


def spend(session: Session, follower_id: int, template_id: str, now: datetime) -> None:
    left = update(Credit).where(*_of(follower_id, template_id), Credit.remaining > 0)
    session.execute(left.values(remaining=Credit.remaining - 1, changed_at=now))


def exhaust(session: Session, follower_id: int, template_id: str, now: datetime) -> None:
    """The person, or the platform (43101), says that there is none, whatever our books say."""
    session.execute(update(Credit).where(*_of(follower_id, template_id)).values(remaining=0, changed_at=now))


def remaining(session: Session, follower_ids: Collection[int], template_id: str) -> dict[int, int]:
    """By follower; who never said yes is left out."""
    found = select(Credit.follower_id, Credit.remaining).where(
        Credit.follower_id.in_(follower_ids), Credit.template_id == template_id
    )
    return {row.follower_id: row.remaining for row in session.execute(found)}


def _of(follower_id: int, template_id: str) -> tuple[ColumnElement[bool], ...]:
    return Credit.follower_id == follower_id, Credit.template_id == template_id
