"""Mass jobs that went out: asking the platform how they stand, deleting what they show.

Of each job what the platform says is written down at once: what fails half-way is done again, and goes on there.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.broadcasts import queries
from app.broadcasts.noting import note
from app.broadcasts.rules import require
from app.clock import Clock
from app.errors import Conflict, Invalid, ShishiError
from app.operators.queries import Account
from app.operators.rules import Power
from app.outbox import endings
from app.outbox.channels.mass import MassMessages
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed
from app.writer import Call, T, Writer
from models import Broadcast
from models.enums import BroadcastState

STOPPED = (BroadcastState.PAUSED, BroadcastState.DONE, BroadcastState.CANCELLED)
NOT_SENT = "平台还没有收下这条推送的群发任务。"
ALL_ENDED = "群发任务都有了结果，没有发成的、已经删除的不用再管。"
ONLY_ARTICLES = "平台只让删图文消息。这一条发的是文字，已经在每个人的聊天里，收不回来。"
UNTYPED = "要删除，请照着打一遍这条推送的标题，一字不差。"


class NoJobs(Conflict):
    code = "no_jobs"


class NotDeletable(Conflict):
    code = "not_deletable"


class HalfDone(ShishiError):
    """Some jobs were dealt with before the platform refused one, or did not answer."""

    status = CallFailed.status
    code = "half_done"


@dataclass(frozen=True)
class MassJobs:
    """What is noted in the action log is noted before the platform is called."""

    mass: MassMessages
    writer: Writer
    clock: Clock

    @classmethod
    def of(cls, client: WeChatClient, writer: Writer, clock: Clock) -> "MassJobs":
        return cls(MassMessages(client), writer, clock)

    async def ask(self, broadcast_id: int, *, by: Account) -> str:
        """How they stand (/cgi-bin/message/mass/get), where the finishing event never came; in words.

        Raises Forbidden, NoBroadcast, NoJobs, HalfDone, CallFailed.
        """
        ids = await self._write(lambda session: self._to_ask(session, broadcast_id, by))
        told = Counter[str]()

        async def ask(msg_id: str) -> None:
            status, now = await self.mass.status(msg_id), self.clock.now()
            await self._write(lambda session: endings.answered(session, msg_id, status, now))
            told[endings.answer_told(status)] += 1

        await _each(ids, "问", ask)
        return f"问过平台了，{len(ids)} 个群发任务里：{'，'.join(f'{n} 个{one}' for one, n in told.items())}。"

    async def delete(self, broadcast_id: int, typed: str, *, by: Account) -> int:
        """Empty the articles that went out (/cgi-bin/message/mass/delete): of how many jobs. Cards stay in chats.

        `typed` is the broadcast's title, so that nobody deletes by a slip. Raises Forbidden, NoBroadcast,
        WrongState, Invalid, NotDeletable, NoJobs, HalfDone, CallFailed.
        """
        ids = await self._write(lambda session: self._to_delete(session, broadcast_id, typed, by))

        async def delete(msg_id: str) -> None:
            await self.mass.delete(msg_id)
            now = self.clock.now()
            await self._write(lambda session: endings.deleted(session, msg_id, now))

        await _each(ids, "删", delete)
        return len(ids)

    def _to_ask(self, session: Session, broadcast_id: int, by: Account) -> Sequence[str]:
        by.require(Power.COMPOSE_BROADCASTS)
        broadcast = queries.row(session, broadcast_id)
        ids = _standing_of(session, broadcast)
        note(session, broadcast, by.actor, "ask_jobs", self.clock, jobs=ids)
        return ids

    def _to_delete(self, session: Session, broadcast_id: int, typed: str, by: Account) -> Sequence[str]:
        by.require(Power.RELEASE_BROADCASTS)
        broadcast = queries.row(session, broadcast_id)
        if not is_article(broadcast):
            raise NotDeletable(ONLY_ARTICLES)
        require(broadcast.state, *STOPPED, deed="删除，请先暂停")
        ids = _standing_of(session, broadcast)
        if typed.strip() != broadcast.title:
            raise Invalid(UNTYPED)
        note(session, broadcast, by.actor, "delete_jobs", self.clock, jobs=ids)
        return ids

    async def _write(self, function: Callable[[Session], T]) -> T:
        return await self.writer.ask(Call(function))


def is_article(broadcast: Broadcast) -> bool:
    """What the platform lets delete; an article without a cover picture went as a text."""
    return broadcast.channel == MassMessages.name and "media_id" in broadcast.content


def standing(jobs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The platform's ids of those, as `queries.jobs` has them, that neither failed nor were deleted."""
    return [job["msg_id"] for job in jobs if job["status"] in (None, *endings.MASS_SUCCEEDED)]


def _standing_of(session: Session, broadcast: Broadcast) -> list[str]:
    """Raises NoJobs."""
    jobs = queries.jobs(session, broadcast)
    if ids := standing(jobs):
        return ids
    raise NoJobs(ALL_ENDED if jobs else NOT_SENT)


async def _each(ids: Sequence[str], verb: str, do: Callable[[str], Awaitable[None]]) -> None:
    """One after the other: what is refused is told with how many were done before. Raises HalfDone, CallFailed."""
    for place, msg_id in enumerate(ids):
        try:
            await do(msg_id)
        except CallFailed as error:
            if not place:
                raise
            raise HalfDone(
                f"{verb}了 {place} 个群发任务，下一个没有{verb}成：{error.message}再来一次会接着{verb}剩下的。"
            ) from error
