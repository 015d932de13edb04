"""Mass messages: handed in as a job for many people; the platform knows a repeated job by its key for a day."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.outbox.channels.channel import refusal
from app.outbox.channels.values import article_text
from app.outbox.outcomes import Accepted, Job, Lost, Outcome
from app.settings import AccountKind
from app.wechat import messages
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, Unanswered

NAME = "mass"


class MassMessages:
    """Not a channel like the others: what it sends goes to many at once."""

    name = NAME
    title = "群发消息"
    key_life = timedelta(hours=24)
    kinds = frozenset(AccountKind)

    def __init__(self, client: WeChatClient) -> None:
        self._client = client

    async def submit(self, job: Job) -> Outcome:
        """`body` is {"text"}, {"media_id"} of an article, or {"article": {"title", "digest", "url"}}.

        Accepted is not sent: how many it reached is told by an event, minutes later.
        """
        try:
            msg_id = await self._hand_in(job, _part(job.body))
        except Unanswered as error:
            return Lost(error.message)
        except CallFailed as error:
            return refusal(error)
        return Accepted(msg_id)

    async def preview(self, openid: str, body: Mapping[str, Any]) -> Outcome:
        """Show it to one person; a hundred times a day."""
        try:
            await messages.preview(self._client, openid, _part(body))
        except Unanswered as error:
            return Lost(error.message)
        except CallFailed as error:
            return refusal(error)
        return Accepted()

    async def status(self, msg_id: str) -> str:
        """SENDING, SEND_SUCCESS, SEND_FAIL or DELETE. Raises CallFailed."""
        return await messages.job_status(self._client, msg_id)

    async def delete(self, msg_id: str) -> None:
        """Empty the page of an article that went out; texts cannot be called back. Raises CallFailed."""
        await messages.delete_job(self._client, msg_id)

    async def _hand_in(self, job: Job, part: Mapping[str, Any]) -> str:
        if job.to_all:
            return await messages.send_to_all(self._client, part, job.key)
        if job.tag_id is not None:
            return await messages.send_to_tag(self._client, job.tag_id, part, job.key)
        return await messages.send_to_list(self._client, job.openids, part, job.key)


def _part(body: Mapping[str, Any]) -> dict[str, Any]:
    """An article needs a cover picture that somebody has put up: without one its words and link go as a text."""
    if "media_id" in body:
        return {"msgtype": "mpnews", "mpnews": {"media_id": body["media_id"]}}
    return {"msgtype": "text", "text": {"content": _words(body)}}


def _words(body: Mapping[str, Any]) -> str:
    if "text" in body:
        return str(body["text"])
    return article_text(body["article"])
