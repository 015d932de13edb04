"""Making a tag of the platform of the people of a mass job, fifty a call, at the pace of all that is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from app.broadcasts.keys import next_job
from app.broadcasts.pace import Pace
from app.broadcasts.tag_ledger import Step, TagLedger
from app.broadcasts.verdicts import FAILING, Share
from app.outbox.channels.tags import MassTags
from app.outbox.outcomes import Accepted, Refused
from app.wechat.errors import CallFailed
from app.wechat.tags import AT_ONCE
from app.writer import Call, Writer

CALLS = 8  # under way; what is done again after a crash is no more than these
RENEWED = 0.5  # seconds between two renewals of the lease while the platform is awaited

T = TypeVar("T")


class Tagger:
    """What it has done stands in the ledger after each step: another process goes on from there."""

    def __init__(
        self, ledger: TagLedger, tags: MassTags, writer: Writer, pace: Pace, stopping: asyncio.Event
    ) -> None:
        self._ledger = ledger
        self._tags = tags
        self._writer = writer
        self._pace = pace
        self._stopping = stopping

    async def tag(self, broadcast_id: int) -> bool:
        """Until everybody has the tag, or was refused it. Whether the broadcast goes on."""
        share = Share()
        job = await self._write(lambda session: next_job(session, broadcast_id))
        while job and not self._stopping.is_set():
            step = await self._write(lambda session: self._ledger.next(session, job, AT_ONCE * CALLS))
            if not isinstance(step, Step):
                return step
            try:
                goes_on = await self._take(step, share)
            except CallFailed as error:
                await self._write(partial(self._ledger.failed, step=step, error=error))
                return False
            if not goes_on:
                return False
        return True

    async def _take(self, step: Step, share: Share) -> bool:
        """Raises CallFailed."""
        if step.tag_id is None:
            tag_id = await self._holding(step, self._tags.make(step.name))
            await self._write(lambda session: self._ledger.made(session, step, tag_id))
            return True
        refused = await self._holding(step, self._put_on(step.tag_id, [openid for _, openid in step.people]))
        await self._write(lambda session: self._ledger.put_on(session, step, refused))
        share.count([refused.get(openid, Accepted()) for _, openid in step.people])
        if share.is_too_high:
            batches = self._ledger.batches
            await self._write(lambda session: batches.hold(session, step.job.broadcast_id, FAILING))
        return not share.is_too_high

    async def _put_on(self, tag_id: int, openids: list[str]) -> dict[str, Refused]:
        """Raises CallFailed, when all calls have been answered."""
        pages = [openids[start : start + AT_ONCE] for start in range(0, len(openids), AT_ONCE)]
        answers = await asyncio.gather(*(self._page(tag_id, page) for page in pages), return_exceptions=True)
        refused: dict[str, Refused] = {}
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            refused |= answer
        return refused

    async def _page(self, tag_id: int, openids: list[str]) -> dict[str, Refused]:
        while not self._pace.take():
            await asyncio.sleep(self._pace.delay())
        return await self._tags.put_on(tag_id, openids)

    async def _holding(self, step: Step, answer: Awaitable[T]) -> T:
        """The lease is renewed while the platform is awaited. Whoever has lost it finds that out when writing."""
        asking = asyncio.ensure_future(answer)
        try:
            while not (await asyncio.wait([asking], timeout=RENEWED))[0]:
                await self._write(lambda session: bool(self._ledger.batches.held(session, step.job.broadcast_id)))
            return asking.result()
        finally:
            asking.cancel()

    async def _write(self, function: Callable[[Session], T]) -> T:
        return await self._writer.ask(Call(function))
