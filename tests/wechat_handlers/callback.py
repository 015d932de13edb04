"""Requests to the callback: signed as the platform signs them, or as somebody else would like to."""

import base64
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import count

import httpx
from starlette.types import ASGIApp

from app.settings import Settings, WeChatSettings
from tests.standin import crypto, payloads

ADDRESS = "http://service.test/wechat"
ACCOUNT = "gh_0123456789ab"
OPENID = "oAttackerAttackerAttacker123"

Query = tuple[tuple[str, str], ...]
_nonces = count(1_000_000_000)


@dataclass(frozen=True)
class Request:
    """One request. The query is a sequence of pairs, since a parameter may stand twice."""

    query: Query
    body: bytes
    method: str = "POST"

    def with_query(self, **changes: str) -> "Request":
        return replace(self, query=tuple({**dict(self.query), **changes}.items()))

    def without(self, *names: str) -> "Request":
        return replace(self, query=tuple(pair for pair in self.query if pair[0] not in names))

    def also(self, *pairs: tuple[str, str]) -> "Request":
        return replace(self, query=(*self.query, *pairs))


@dataclass(frozen=True)
class Forge:
    """Makes requests for one account; `now` is the platform's time in seconds."""

    token: str
    aes_key: str
    app_id: str
    now: int

    @classmethod
    def of(cls, settings: Settings | WeChatSettings, now: float) -> "Forge":
        account = settings.wechat if isinstance(settings, Settings) else settings
        return cls(
            account.token.get_secret_value(),
            account.encoding_aes_key.get_secret_value(),
            account.app_id,
            int(now),
        )

    def but(self, **changes: str | int) -> "Forge":
        return replace(self, **changes)  # type: ignore[arg-type]

    def encrypted(self, message: str) -> str:
        return crypto.encrypt(self.aes_key, self.app_id, message)

    def safe(self, message: str, timestamp: str = "") -> Request:
        """`message` as safe mode pushes it."""
        return self.around(self.encrypted(message), timestamp)

    def around(self, encrypted: str, timestamp: str = "", body: str = "") -> Request:
        """Any `encrypted` rightly signed; `body` if it is to be wrapped otherwise than usual."""
        query = self._query(timestamp)
        values = dict(query)
        signed = crypto.sign(self.token, values["timestamp"], values["nonce"], encrypted)
        wrapped = body or payloads.envelope(ToUserName=ACCOUNT, Encrypt=encrypted)
        return Request((*query, ("encrypt_type", "aes"), ("msg_signature", signed)), wrapped.encode())

    def plain(self, body: str | bytes, timestamp: str = "") -> Request:
        """`body` as plain mode pushes it."""
        return Request(self._query(timestamp), body.encode() if isinstance(body, str) else body)

    def _query(self, timestamp: str) -> Query:
        timestamp, nonce = timestamp or str(self.now), str(next(_nonces))
        signed = crypto.sign(self.token, timestamp, nonce)
        return (("signature", signed), ("timestamp", timestamp), ("nonce", nonce), ("openid", OPENID))


def raw_cipher(aes_key: str, blocks: bytes) -> str:
    """Encrypt `blocks` as they are: padding, length and appid are whatever the caller put there."""
    encryptor = crypto._cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(blocks) + encryptor.finalize()).decode()


def frame(message: bytes, app_id: str, length: int | None = None) -> bytes:
    """The plain block before padding."""
    size = len(message) if length is None else length
    return b"0123456789abcdef" + struct.pack("!I", size & 0xFFFFFFFF) + message + app_id.encode()


def text(content: str, *, openid: str = OPENID, at: int = 1512093600, msg_id: int | str = 1, **also: str) -> str:
    """A text message; `also` replaces or adds elements, an empty value leaves one out."""
    elements = {
        "ToUserName": ACCOUNT,
        "FromUserName": openid,
        "CreateTime": str(at),
        "MsgType": "text",
        "Content": content,
        "MsgId": str(msg_id),
        **also,
    }
    return payloads.document([(name, value) for name, value in elements.items() if value])


def event(name: str, *, openid: str = OPENID, at: int = 1512093600, key: str = "", **also: str) -> str:
    elements = {"ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": str(at), "MsgType": "event"}
    return payloads.document([*{**elements, "Event": name, "EventKey": key, **also}.items()])


async def send(app: ASGIApp, request: Request, *, piecewise: bool = False) -> httpx.Response:
    """The door's answer; what it raises comes through. `piecewise`: chunked, so that no length is announced."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(request.body), 4096):
            yield request.body[start : start + 4096]

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        return await client.request(
            request.method,
            ADDRESS,
            params=list(request.query),
            content=pieces() if piecewise else request.body,
        )


async def push(app: ASGIApp, settings: Settings, message: str, now: float) -> str:
    """The reply to `message`, sealed anew as the platform does for each attempt; empty for `success`."""
    answer = await send(app, Forge.of(settings, now).safe(message))
    assert answer.status_code == httpx.codes.OK
    return reply_in(answer, settings)


def reply_in(answer: httpx.Response, settings: Settings) -> str:
    """The text of a sealed passive reply; empty for `success`."""
    if answer.text == "success":
        return ""
    account = settings.wechat
    sealed = answer.text.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    if not sealed:
        return _content(answer.text)
    return _content(crypto.decrypt(account.encoding_aes_key.get_secret_value(), account.app_id, sealed))


def _content(message: str) -> str:
    return message.partition("<Content><![CDATA[")[2].partition("]]></Content>")[0]
