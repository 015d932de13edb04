"""Subscription notices: one for each time a person said yes, follower or not; the platform keeps no keys."""

from datetime import timedelta

from app.outbox.channels.channel import refusal
from app.outbox.outcomes import Accepted, Lost, Message, Outcome
from app.settings import AccountKind
from app.wechat import messages
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, Unanswered

NAME = "subscribe"


class SubscribeNotices:
    name = NAME
    title = "订阅通知"
    key_life = timedelta(0)
    needs_window = False
    kinds = frozenset({AccountKind.SERVICE})

    def __init__(self, client: WeChatClient) -> None:
        self._client = client

    async def send(self, message: Message) -> Outcome:
        """`body` is as a template message's."""
        try:
            await messages.send_subscription(self._client, message.openid, message.body)
        except Unanswered as error:
            return Lost(error.message)
        except CallFailed as error:
            return refusal(error)
        return Accepted()
