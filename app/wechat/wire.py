"""One HTTP exchange with the platform: what is sent, what came back, what failed. No token, no retries."""

import json
import logging
import re
from dataclasses import dataclass
from typing import Any

import httpx

from app.settings import WeChatSettings
from app.wechat.errors import NotSent, PlatformError, Reaction, Unanswered, classify

MAX_CONNECTIONS = 8  # httpx slows down with a larger pool

# httpx writes whole addresses into its log, and ours carry the token.
logging.getLogger("httpx").setLevel(logging.WARNING)

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
        self._http = httpx.AsyncClient(
            base_url=settings.api_url,
            timeout=settings.timeout_seconds,
            limits=httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS),
            transport=transport,
            # A proxy of the machine is for the world outside, not for a platform next door in the clear.
            trust_env=settings.api_url.startswith("https:"),
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def exchange(
        self, method: str, path: str, params: dict[str, str], body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The answer as an object. Where an answer may be bytes, see `fetch`."""
        return _object(await self._send(method, path, params, body))

    async def fetch(self, path: str, params: dict[str, str]) -> Blob | dict[str, Any]:
        """GET something that is bytes, or an object where the platform prefers to answer with one."""
        response = await self._send("GET", path, params, None)
        content_type = response.headers.get("Content-Type", "")
        if "json" in content_type or "text/plain" in content_type:
            return _object(response)
        return Blob(response.content, content_type)

    async def _send(
        self, method: str, path: str, params: dict[str, str], body: dict[str, Any] | None
    ) -> httpx.Response:
        # Menus with \u escapes are refused (40033) and texts with them are shown as they stand.
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {} if body is None else {"Content-Type": "application/json; charset=utf-8"}
        try:
            response = await self._http.request(method, path, params=params, content=content, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NotSent("连不上微信平台，请检查网络和 SHISHI_WECHAT__API_URL。") from error
        except httpx.TransportError as error:
            raise Unanswered("微信平台没有回应。") from error
        if response.status_code != httpx.codes.OK:
            raise Unanswered(f"微信平台的回应不正常（HTTP {response.status_code}）。")
        return response


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
