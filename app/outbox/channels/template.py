"""Template messages: service notices to followers; the platform knows a repeated one for ten minutes."""

from datetime import timedelta

from app.outbox.channels.channel import refusal
from app.outbox.outcomes import Accepted, Lost, Message, Outcome
from app.settings import AccountKind
from app.wechat import messages
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, Unanswered

NAME = "template"


class TemplateMessages:
    name = NAME
    title = "模板消息"
    key_life = timedelta(minutes=10)
    needs_window = False
    kinds = frozenset({AccountKind.SERVICE})

    def __init__(self, client: WeChatClient) -> None:
        self._client = client

    async def send(self, message: Message) -> Outcome:
        """`body` is {"template_id", "data": {field: text}, "url"}; the url may be missing."""
        try:
            msg_id = await messages.send_template(self._client, message.openid, message.body, message.key)
        except Unanswered as error:
            return Lost(error.message)
        except CallFailed as error:
            return refusal(error)
        return Accepted(msg_id)
