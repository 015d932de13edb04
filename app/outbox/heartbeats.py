"""A sign of life from the loop that does the background work: whoever finds none for long starts it again."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.upserts import insert_into
from models import Heartbeat

EVERY = timedelta(seconds=30)
SILENT = timedelta(minutes=2)  # a loop that was not seen for so long does nothing any more
KEPT = timedelta(days=1)


class Pulse:
    """A chore of the loop: one row a process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._process = secrets.token_hex(8)
        self._next_at: datetime | None = None

    def beat(self, session: Session, _now: datetime) -> int:
        wall = self._clock.wall()
        if self._next_at is None or wall >= self._next_at:
            self._next_at = wall + EVERY
            seen = {"process": self._process, "seen_at": wall}
            adding = insert_into(session, Heartbeat).values(seen)
            session.execute(adding.on_conflict_do_update(index_elements=["process"], set_=seen))
            session.execute(delete(Heartbeat).where(Heartbeat.seen_at < wall - KEPT))
        return 0


def last_seen(session: Session) -> datetime | None:
    """When any of them was seen."""
    return session.scalar(select(func.max(Heartbeat.seen_at)))


def alive(session: Session, wall: datetime) -> int:
    """How many of them were seen lately."""
    seen = select(func.count()).select_from(Heartbeat).where(Heartbeat.seen_at > wall - SILENT)
    return session.scalar(seen) or 0
