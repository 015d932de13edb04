"""Calling the platform's API with the account's token: bounded repeats, nothing personal in the log."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import httpx
import structlog

from app import metrics
from app.clock import Clock
from app.crypto import Keyring
from app.settings import WeChatSettings
from app.wechat.errors import PAUSES, NotSent, PlatformError, Reaction, Unanswered
from app.wechat.token import Sleep, TokenStore
from app.wechat.wire import Blob, Wire
from app.writer import Writer

DELAYS = (0.5, 1.5, 4.0)  # seconds before each repeat of a call that found the platform busy
JITTER = 0.5

R = TypeVar("R")

log = structlog.get_logger(__name__)


class Tokens(Protocol):
    """As TokenStore has them."""

    async def get(self) -> str: ...

    async def renew(self, refused: str) -> str: ...


class WeChatClient:
    """One account's calls. Every call that returns was accepted; how one failed is told by its error:
    NotSent (nothing happened), Unanswered (it may have happened), PlatformError (refused, with a Reaction)."""

    def __init__(self, settings: WeChatSettings, wire: Wire, tokens: Tokens, sleep: Sleep = asyncio.sleep) -> None:
        self.settings = settings
        self.wire = wire
        self.called: set[str] = set()  # paths, for whoever asks what is left of their quotas
        self._tokens = tokens
        self._sleep = sleep

    async def call(
        self, method: str, path: str, *, params: dict[str, str] | None = None, json: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Call `path` with the token. A GET whose answer was lost is asked again; a POST never is."""

        async def once(token: str) -> dict[str, Any]:
            return await self.wire.exchange(method, path, {**(params or {}), "access_token": token}, json)

        return await self._persist(path, once, may_repeat=method == "GET")

    async def fetch(self, path: str, params: dict[str, str]) -> Blob | dict[str, Any]:
        """GET bytes with the token; an object where the platform answers with one."""

        async def once(token: str) -> Blob | dict[str, Any]:
            return await self.wire.fetch(path, {**params, "access_token": token})

        return await self._persist(path, once, may_repeat=True)

    async def close(self) -> None:
        await self.wire.close()

    async def _persist(self, path: str, once: Callable[[str], Awaitable[R]], may_repeat: bool) -> R:
        for delay in DELAYS:
            try:
                return await self._with_good_token(path, once)
            except PlatformError as error:
                if error.reaction is not Reaction.RETRY or error.errcode in PAUSES:
                    raise
            except NotSent:
                pass
            except Unanswered:
                if not may_repeat:
                    raise
            metrics.PLATFORM_RETRIES.labels(path).inc()
            await self._sleep(delay * random.uniform(1 - JITTER, 1 + JITTER))
        return await self._with_good_token(path, once)

    async def _with_good_token(self, path: str, once: Callable[[str], Awaitable[R]]) -> R:
        """A token may die at any moment: once more with another one, then the refusal stands."""
        token = await self._tokens.get()
        self.called.add(path)
        try:
            return await _logged(path, once(token))
        except PlatformError as error:
            if error.reaction is not Reaction.REFRESH:
                raise
        return await _logged(path, once(await self._tokens.renew(token)))


async def _logged(path: str, answer: Awaitable[R]) -> R:
    try:
        return await answer
    except PlatformError as error:
        log.warning("platform refused", path=path, errcode=error.errcode, rid=error.rid)
        raise
    except (NotSent, Unanswered) as error:
        log.warning("platform silent", path=path, kind=type(error).__name__)
        raise


def connect(
    settings: WeChatSettings,
    *,
    writer: Writer,
    keyring: Keyring,
    clock: Clock,
    transport: httpx.AsyncBaseTransport | None = None,
    sleep: Sleep = asyncio.sleep,
) -> WeChatClient:
    """The client of one installation, and its token shared with all other processes."""
    wire = Wire(settings, transport)
    tokens = TokenStore(settings, wire, writer, keyring, clock, sleep)
    return WeChatClient(settings, wire, tokens, sleep)
