"""Customer messages: free words, only inside a window the person opened; the platform keeps no key for them."""

from datetime import timedelta

from app.crypto import Keyring
from app.outbox.bodies import text_of
from app.outbox.channels.channel import refusal
from app.outbox.outcomes import Accepted, Lost, Message, Outcome
from app.settings import AccountKind
from app.wechat import messages
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, Unanswered

NAME = "customer"


class CustomerMessages:
    name = NAME
    title = "客服消息"
    key_life = timedelta(0)
    needs_window = True
    kinds = frozenset(AccountKind)

    def __init__(self, client: WeChatClient, keyring: Keyring) -> None:
        self._client = client
        self._keyring = keyring

    async def send(self, message: Message) -> Outcome:
        """`body` is as app.outbox.bodies has it."""
        try:
            await messages.send_text(self._client, message.openid, text_of(message.body, self._keyring))
        except Unanswered as error:
            return Lost(error.message)
        except CallFailed as error:
            return refusal(error)
        return Accepted()
