"""A tiny service that answers every text with the same words; it can also be slow, broken or rude."""

import asyncio
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope, Send

from tests.standin import crypto
from tests.standin.state import Account


@dataclass
class Heard:
    query: dict[str, str]
    headers: dict[str, str]
    body: str
    xml: str

    def value(self, name: str) -> str | None:
        return ET.fromstring(self.xml).findtext(name)


@dataclass
class Echo:
    """An ASGI app. `silent` attempts wait for `release`; `answers` are given instead of the echo."""

    account: Account
    heard: list[Heard] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)  # what GETs asked for
    silent: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = _query(scope)
        if scope["method"] == "GET":
            self.opened.append(f"{scope['path']}?{scope['query_string'].decode()}")
            await _answer(send, 200, query.get("echostr", "").encode())
            return
        heard = self._open(query, scope, await _body(receive))
        self.heard.append(heard)
        if self.silent:
            self.silent -= 1
            await self.release.wait()
        status, answer = self.answers.pop(0) if self.answers else (200, self.echo(heard))
        await _answer(send, status, answer)

    def echo(self, heard: Heard) -> bytes:
        if "<Content>" not in heard.xml:
            return b"success"
        content = heard.xml.partition("<Content><![CDATA[")[2].rpartition("]]></Content>")[0]
        return self.sealed(heard, self.reply(heard.query["openid"], f"你说：{content}"))

    def reply(self, to: str, text: str) -> str:
        return (
            f"<xml><ToUserName>{to}</ToUserName><FromUserName>{self.account.original_id}</FromUserName>"
            f"<CreateTime>1541030400</CreateTime><MsgType>text</MsgType><Content><![CDATA[{text}]]></Content></xml>"
        )

    def sealed(self, heard: Heard, reply: str) -> bytes:
        if self.account.mode == "plain":
            return reply.encode()
        account, stamp, nonce = self.account, "1541030400", heard.query["nonce"]
        encrypted = crypto.encrypt(account.encoding_aes_key, account.appid, reply)
        signature = crypto.sign(account.token, stamp, nonce, encrypted)
        return (
            f"<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{signature}</MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce>{nonce}</Nonce></xml>"
        ).encode()

    def _open(self, query: dict[str, str], scope: Scope, body: str) -> Heard:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if self.account.mode == "plain":
            return Heard(query, headers, body, body)
        encrypted = ET.fromstring(body).findtext("Encrypt") or ""
        keys = [self.account.encoding_aes_key, self.account.previous_encoding_aes_key]
        for key in filter(None, keys):
            try:
                return Heard(query, headers, body, crypto.decrypt(key, self.account.appid, encrypted))
            except crypto.BadCiphertext:
                continue
        raise AssertionError("no key opens this push")


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))


async def _body(receive: Receive) -> str:
    body: bytes = b""
    while True:
        message: Message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body.decode()


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": body})
