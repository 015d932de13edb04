"""One API call: its token, quota, body and answer, the same at every address.

HTTP 200 even for errors; the token only in the query; JSON in raw UTF-8."""

import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.standin.errors import Refused
from tests.standin.platform import Platform
from tests.standin.state import Kind, Person

OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
BOTH: tuple[Kind, ...] = ("service", "subscription")
SERVICE: tuple[Kind, ...] = ("service",)
BODY_SHOWN = 4000

# An escaped backslash is stepped over, so that only a true \u remains.
ESCAPE = re.compile(rb"(\\\\)|\\u")


@dataclass
class Call:
    platform: Platform
    request: Request
    raw: bytes = b""

    @property
    def now(self) -> float:
        return self.platform.clock.now()

    @property
    def escaped(self) -> bool:
        """Whether the body holds \\uXXXX, which most addresses take literally."""
        found = any(not match[1] for match in ESCAPE.finditer(self.raw))
        return found and self.platform.faults.literal_escapes

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    def json(self) -> dict[str, Any]:
        """The body; raises 44002 when there is none, 47001 when it is no JSON object."""
        if not self.raw:
            raise Refused(44002)
        raw = ESCAPE.sub(lambda m: m[1] or rb"\\u", self.raw) if self.escaped else self.raw
        try:
            body = json.loads(raw.decode())
        except ValueError as error:
            raise Refused(47001) from error
        if not isinstance(body, dict):
            raise Refused(47001)
        return body

    def person(self, openid: object) -> Person:
        """Somebody with an openid of this account, following or not; else 40003."""
        person = self.platform.people.get(openid) if isinstance(openid, str) else None
        if person is None:
            raise Refused(40003)
        return person


def number(value: object) -> int:
    """A number, also where it comes as a string; -1 for anything else."""
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) else -1


Handler = Callable[[Call], Awaitable[dict[str, Any] | Response]]


@dataclass(frozen=True)
class Endpoint:
    """An address; `kinds` are the accounts that may use it."""

    method: str
    path: str
    handler: Handler
    token: bool = True
    kinds: tuple[Kind, ...] = BOTH

    def route(self, platform: Platform) -> Route:
        async def answer(request: Request) -> Response:
            return await _answer(self, platform, request)

        return Route(self.path, answer, methods=["GET", "POST"])


async def _answer(endpoint: Endpoint, platform: Platform, request: Request) -> Response:
    call = Call(platform, request)
    started = time.perf_counter()
    if platform.faults.slow:
        await platform.clock.sleep(platform.faults.slow)
    try:
        result = await _perform(endpoint, call)
    except Refused as refusal:
        result = refusal.to_json(call.now)
    response = result if isinstance(result, Response) else _rendered(platform, result)
    await _record(endpoint, call, response, time.perf_counter() - started)
    if platform.faults.take("lost_answers"):
        await _lose(request)
    return response


async def _perform(endpoint: Endpoint, call: Call) -> dict[str, Any] | Response:
    platform = call.platform
    if call.request.method != endpoint.method:
        raise Refused(43001 if endpoint.method == "GET" else 43002)
    if platform.faults.take("busy"):
        raise Refused(-1)
    _check_address(call)
    if endpoint.token:
        _check_token(call)
    if platform.refusals[endpoint.path]:
        raise Refused(platform.refusals[endpoint.path].pop(0))
    platform.quotas.spend(endpoint.path)
    if platform.account.kind not in endpoint.kinds:
        raise Refused(48001)
    if "multipart" not in call.request.headers.get("content-type", ""):
        call.raw = await call.request.body()
    return await endpoint.handler(call)


def _check_address(call: Call) -> None:
    """Where an allow-list is set, calls come from its addresses or not at all."""
    allowed, client = call.platform.account.ip_allow_list, call.request.client
    address = client.host if client else ""
    if allowed and address not in allowed:
        raise Refused(40164, address)


def _check_token(call: Call) -> None:
    platform = call.platform
    if platform.faults.token_revoked:
        platform.faults.token_revoked = False
        platform.tokens.revoke()
    platform.tokens.check(call.query("access_token"))


def _rendered(platform: Platform, result: dict[str, Any]) -> Response:
    plain = platform.faults.plain_content_type
    body = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    return Response(body, media_type="text/plain" if plain else "application/json; encoding=utf-8")


async def _record(endpoint: Endpoint, call: Call, response: Response, seconds: float) -> None:
    body = bytes(response.body)
    told = body.decode() if body.startswith(b"{") else f"{len(body)} bytes"
    code = re.match(r'{"errcode":(-?\d+)', told)
    await call.platform.journal.record(
        direction="api",
        what=endpoint.path,
        seconds=seconds,
        answer=told[:BODY_SHOWN],
        status=response.status_code,
        errcode=int(code[1]) if code else 0,
        body=call.raw.decode(errors="replace")[:BODY_SHOWN],
    )


async def _lose(request: Request) -> None:
    """The call was carried out, and the caller never hears so.

    Behind a real server the caller waits until it gives up. httpx running us in-process has no
    socket and would wait for ever: there (no spec_version) its own error is raised instead."""
    if "spec_version" not in request.scope["asgi"]:
        raise httpx.ReadTimeout("the answer was lost")
    while (await request.receive())["type"] != "http.disconnect":
        pass
