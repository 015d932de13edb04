"""What holds for every exchange with the API: a limit on what is sent, headers that keep the answer private."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Invalid

BODY_LIMIT = 256 * 1024
MEGABYTE = 1024 * 1024
UPLOADS: Mapping[str, int] = MappingProxyType(
    {"/api/v1/forms": 65 * MEGABYTE, "/api/v1/registers": 21 * MEGABYTE}  # by the whole address
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Guard:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = UPLOADS.get(scope["path"], BODY_LIMIT)
        await self._app(scope, _limited(receive, limit), _private(send))


def refuse_repeated(request: Request) -> None:
    """A parameter given twice has no one meaning. Raises Invalid."""
    names = [name for name, _ in request.query_params.multi_items()]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise Invalid(f"每个查询条件只能写一次：{'、'.join(repeated)}。")


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


def _private(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return with_headers
