"""What every exchange with the console keeps to: limits on what is sent, headers that keep the answer private."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1024 * 1024
UPLOADS: Mapping[str, int] = MappingProxyType({"/console/forms": 64 * 1024 * 1024})  # by how an address begins

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
NULL = re.compile(rb"%00|\x00")  # which PostgreSQL has no text for
TRANSPORT = "max-age=31536000"  # seconds; said over https alone
PRIVATE, FIXED = "no-store", "public, max-age=86400"  # the addresses of fixed files change with their content


class Guarded:
    """The console behind its limits and headers."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https
        self._headers = {**ALWAYS, **({"strict-transport-security": TRANSPORT} if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        safely = self._safely(send, fixed="/static/" in path)
        if "\x00" in path or NULL.search(scope["query_string"]):
            await PlainTextResponse("这个地址读不懂。", 400)(scope, receive, safely)
            return
        await self._app(scope, _limited(receive, _limit(path)), safely)

    def _safely(self, send: Send, *, fixed: bool) -> Send:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers["cache-control"] = FIXED if fixed and message["status"] < 400 else PRIVATE
                if self._https:
                    message["headers"] = [(name, _secured(name, value)) for name, value in message["headers"]]
            await send(message)

        return with_headers


def _secured(name: bytes, value: bytes) -> bytes:
    """A cookie that only goes back over https."""
    return value + b"; Secure" if name == b"set-cookie" else value


def _limit(path: str) -> int:
    return next((limit for start, limit in UPLOADS.items() if path.startswith(start)), BODY_LIMIT)


def _limited(receive: Receive, limit: int) -> Receive:
    """Raises 413 where the body is read, once it has grown too long, whatever length was announced."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise HTTPException(413)
        return message

    return counted
