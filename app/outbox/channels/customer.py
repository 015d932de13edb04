"""Customer messages: free words, only inside a window the person opened; the platform keeps no key for them."""

from datetime import timedelta

from app.outbox.channels.channel import refusal
from app.outbox.outcomes import Accepted, Lost, Message, Outcome
from app.wechat import messages
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, Unanswered

NAME = "customer"


class CustomerMessages:
    name = NAME
    key_life = timedelta(0)
    needs_window = True

    def __init__(self, client: WeChatClient) -> None:
        self._client = client

    async def send(self, message: Message) -> Outcome:
        """`body` is {"text": …}."""
        try:
            await messages.send_text(self._client, message.openid, message.body["text"])
        except Unanswered as error:
            return Lost(error.message)
        except CallFailed as error:
            return refusal(error)
        return Accepted()
