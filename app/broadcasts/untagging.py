"""Deleting from the platform the tags that we made for mass jobs, as soon as they are not needed any more."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.broadcasts import job_tags, queries
from app.broadcasts.noting import note
from app.broadcasts.tag_ledger import BY_ITSELF
from app.clock import Clock
from app.outbox.channels.tags import MassTags
from app.wechat.errors import CallFailed
from app.writer import Call, Writer
from models import JobTag

LEASE = timedelta(minutes=5)  # longer than taking it off ten thousand people


class Leaving(NamedTuple):
    row: int
    name: str


@dataclass(frozen=True)
class TagKeeper:
    """Several processes may tend them: each tag is one process's for as long as the lease. What the platform
    refuses, or does not answer, is tried again after it.
    """

    tags: MassTags
    writer: Writer
    clock: Clock

    async def tend(self) -> int:
        """How many are gone now."""
        gone = 0
        while leaving := await self.writer.ask(Call(self._take)):
            try:
                is_gone = await self.tags.drop(leaving.name)
            except CallFailed:
                continue
            await self.writer.ask(Call(partial(self._record, row=leaving.row, is_gone=is_gone)))
            gone += is_gone
        return gone

    def _take(self, session: Session) -> Leaving | None:
        """The next one that is ours to delete."""
        job_tags.leave_those_over(session, self.clock)
        wall = self.clock.wall()
        due = JobTag.left_at.is_not(None), JobTag.gone_at.is_(None), JobTag.try_at <= wall
        found = select(JobTag).where(*due).order_by(JobTag.id).limit(1).with_for_update(skip_locked=True)
        tag = session.scalars(found).one_or_none()
        if tag is None:
            return None
        tag.try_at = wall + LEASE
        return Leaving(tag.id, tag.name)

    def _record(self, session: Session, row: int, is_gone: bool) -> None:
        tag = session.get_one(JobTag, row, with_for_update=True)
        wall = self.clock.wall()
        if not is_gone:
            tag.try_at = wall
        elif tag.gone_at is None:
            tag.gone_at = wall
            note(session, queries.row(session, tag.broadcast_id), BY_ITSELF, "untag", self.clock, tag=tag.name)
