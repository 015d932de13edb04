"""Somebody who talks to the service as the platform does it for them: unanswered messages are sent again."""

import secrets
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from itertools import count
from urllib.parse import urlencode

from tests.crash.dialogue import Script
from tests.crash.line import Broken, Line
from tests.crash.server import Replicas, Server
from tests.standin import crypto, payloads
from tests.standin.replies import judge
from tests.standin.state import Account
from wechat_handlers.texts.account import NOT_STORED

_message_ids = count(7_000_000_000_000_000_001)


class Worker:
    """`heard[n]` are the answers to the messages of the n-th dialogue, as far as they came."""

    def __init__(
        self, number: int, dialogues: Sequence[Script], account: Account, server: Server | Replicas
    ) -> None:
        self.openid = self.openid_of(number)
        self.dialogues = dialogues
        self.heard: list[list[str]] = [[] for _ in self.dialogues]
        self._account = account
        self._server = server
        self._line = Line()

    @staticmethod
    def openid_of(number: int) -> str:
        return f"oCrash{number:022d}"

    async def talk(self, watch: Callable[[], None]) -> None:
        """All dialogues to their end; `watch` is called with each message that leaves and each answer."""
        for dialogue, heard in zip(self.dialogues, self.heard, strict=True):
            for message in dialogue.messages():
                heard.append(await self._say(message, watch))
        self._line.close()

    async def _say(self, message: str, watch: Callable[[], None]) -> str:
        """The answer, after as many attempts as it takes: each with the same MsgId."""
        xml = self._document(message)
        while True:
            await self._server.up.wait()
            watch()
            try:
                status, body = await self._post(xml)
            except Broken:
                continue
            assert status == HTTPStatus.OK, self._server.last_words()
            verdict = judge(body, self._account, self.openid, self._account.encoding_aes_key)
            assert verdict.outcome in {"reply", "success"}, verdict.problem
            if verdict.outcome == "reply":  # else it is slow today: nothing is acknowledged
                watch()
                return self._acknowledgement(str(verdict.reply["Content"]))

    def _acknowledgement(self, answer: str) -> str:
        assert answer != NOT_STORED, self._server.last_words()
        return answer

    async def _post(self, xml: str) -> tuple[int, bytes]:
        """Signed anew each time, as the platform does."""
        account, stamp, nonce = self._account, str(int(time.time())), secrets.token_hex(8)
        encrypted = crypto.encrypt(account.encoding_aes_key, account.appid, xml)
        query = {"timestamp": stamp, "nonce": nonce, "openid": self.openid, "encrypt_type": "aes"}
        query["signature"] = crypto.sign(account.token, stamp, nonce)
        query["msg_signature"] = crypto.sign(account.token, stamp, nonce, encrypted)
        body = payloads.envelope(ToUserName=account.original_id, Encrypt=encrypted)
        return await self._line.post(f"{self._server.url}?{urlencode(query)}", body.encode())

    def _document(self, message: str) -> str:
        ends = [("ToUserName", self._account.original_id), ("FromUserName", self.openid)]
        sent = [("CreateTime", int(time.time())), *payloads.text(message, next(_message_ids))]
        return payloads.document([*ends, *sent])
