"""Looking things up in the action log, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Action

AT_ONCE = 50


@dataclass(frozen=True)
class Wanted:
    """Empty fields ask for everything. `actor` and `subject` may be part of a word; `before` is an entry's id."""

    actor: str = ""
    verb: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class Excerpt:
    """`older` is where the next page begins, None at the end."""

    entries: Sequence[Action]
    older: int | None


def excerpt(session: Session, wanted: Wanted, limit: int = AT_ONCE) -> Excerpt:
    found = select(Action).order_by(Action.id.desc()).limit(limit + 1)
    if wanted.actor:
        found = found.where(Action.actor.contains(wanted.actor, autoescape=True))
    if wanted.verb:
        found = found.where(Action.verb == wanted.verb)
    if wanted.subject:
        found = found.where(Action.subject.contains(wanted.subject, autoescape=True))
    if wanted.since:
        found = found.where(Action.at >= wanted.since)
    if wanted.until:
        found = found.where(Action.at < wanted.until)
    if wanted.before is not None:
        found = found.where(Action.id < wanted.before)
    entries = session.scalars(found).all()
    return Excerpt(entries[:limit], entries[limit - 1].id if len(entries) > limit else None)


def about(session: Session, subject: str) -> Sequence[Action]:
    """All that was done to one thing, such as "proposal:SS2018-0001", the oldest first."""
    return session.scalars(select(Action).where(Action.subject == subject).order_by(Action.id)).all()
