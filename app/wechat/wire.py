"""One HTTP exchange with the platform: what is sent, what came back, what failed. No token, no retries."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx

from app.settings import WeChatSettings
from app.wechat.connections import BROKEN, NEVER_SENT, Connections
from app.wechat.counted import Counted
from app.wechat.errors import NotSent, PlatformError, Reaction, Unanswered, classify

_RID = re.compile(r"rid:\s*([0-9a-fA-F-]+)")


@dataclass(frozen=True)
class Blob:
    """Bytes that are not JSON: a picture, a voice."""

    content: bytes
    content_type: str


class Wire:
    """Errors: NotSent when the platform was not reached, Unanswered when its answer was lost or unreadable,
    PlatformError when it answered with an error code (with HTTP 200, as it does)."""

    def __init__(self, settings: WeChatSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # A proxy of the machine is for the world outside, not for a platform next door in the clear.
        trust_env = settings.api_url.startswith("https:")
        self._transport = transport or Connections(settings.timeout_seconds, trust_env)
        self._base = settings.api_url.rstrip("/")

    async def close(self) -> None:
        await self._transport.aclose()

    async def exchange(
        self, method: str, path: str, params: dict[str, str], body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The answer as an object. Where an answer may be bytes, see `fetch`."""
        with Counted(path):
            return _object(await self._send(method, path, params, body))

    async def fetch(self, path: str, params: dict[str, str]) -> Blob | dict[str, Any]:
        """GET something that is bytes, or an object where the platform prefers to answer with one."""
        with Counted(path):
            response = await self._send("GET", path, params, None)
            content_type = response.headers.get("Content-Type", "")
            if "json" in content_type or "text/plain" in content_type:
                return _object(response)
            return Blob(response.content, content_type)

    async def _send(
        self, method: str, path: str, params: dict[str, str], body: dict[str, Any] | None
    ) -> httpx.Response:
        """Straight to the transport: httpx.AsyncClient, which has nothing to do here, is half the cost of a call
        and logs addresses, of which ours carry the token."""
        # Menus with \u escapes are refused (40033) and texts with them are shown as they stand.
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {} if body is None else {"Content-Type": "application/json; charset=utf-8"}
        address = _address(f"{self._base}{path}", tuple(params.items()))
        request = httpx.Request(method, address, content=content, headers=headers)
        try:
            response = await self._transport.handle_async_request(request)
            await response.aread()
        except (*NEVER_SENT, httpx.ConnectError) as error:
            raise NotSent("连不上微信平台，请检查网络和 SHISHI_WECHAT__API_URL。") from error
        except (*BROKEN, httpx.TransportError) as error:
            raise Unanswered("微信平台没有回应。") from error
        if response.status_code != httpx.codes.OK:
            raise Unanswered(f"微信平台的回应不正常（HTTP {response.status_code}）。")
        return response


@lru_cache(maxsize=32)
def _address(address: str, params: tuple[tuple[str, str], ...]) -> httpx.URL:
    """Of a broadcast it is the same each time, and parsing it a third of the cost of a call."""
    return httpx.URL(address, params=dict(params))


def required(answer: dict[str, Any], name: str) -> Any:
    """A field no answer of this call may lack. Raises Unanswered."""
    if name not in answer:
        raise Unanswered(f"微信平台的回应里没有 {name}。")
    return answer[name]


def _object(response: httpx.Response) -> dict[str, Any]:
    """The label may be text/plain or name a wrong charset: it is JSON in UTF-8 all the same."""
    try:
        answer = json.loads(response.content.decode("utf-8"))
        errcode = int(answer.get("errcode") or 0)
    except (ValueError, AttributeError, TypeError):
        raise Unanswered("微信平台的回应读不懂。") from None
    if classify(errcode) is not Reaction.OK:
        raise PlatformError(errcode, rid=_rid(answer), detail=_offending_address(errcode, answer))
    return dict(answer)


def _rid(answer: dict[str, Any]) -> str:
    found = _RID.search(str(answer.get("errmsg", "")))
    return found.group(1) if found else ""


def _offending_address(errcode: int, answer: dict[str, Any]) -> str:
    """40164 names our address as the platform sees it: the operator has to enter just that."""
    found = re.search(r"\d+\.\d+\.\d+\.\d+", str(answer.get("errmsg", ""))) if errcode == 40164 else None
    return f"（{found.group()}）" if found else ""
