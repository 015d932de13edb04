"""The API token: one for all processes, one refresher at a time, never a loop (/cgi-bin/stable_token)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app import metrics
from app.clock import Clock
from app.crypto import Keyring
from app.settings import WeChatSettings
from app.wechat.errors import CallFailed, Misconfigured, NotSent, PlatformError, Reaction
from app.wechat.lease import LEASE, Leased, Token, TokenShelf
from app.wechat.wire import Wire, required
from app.writer import Call, T, Writer

Sleep = Callable[[float], Awaitable[None]]

LOOK_AGAIN = 0.1  # seconds between looks while another process renews
PATIENCE = LEASE + timedelta(seconds=10)  # by then a dead refresher's lease has run out and ours was tried
REST = timedelta(seconds=30)  # after a refusal that only a person can mend, the platform is left alone

# In its last five minutes a token is replaced: renew within them, and early enough for calls under way.
MARGIN = timedelta(minutes=4)

log = structlog.get_logger(__name__)


class TokenStore:
    """Hands out the token; `renew` when the platform has refused one."""

    def __init__(
        self,
        settings: WeChatSettings,
        wire: Wire,
        writer: Writer,
        keyring: Keyring,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._wire = wire
        self._writer = writer
        self._shelf = TokenShelf(settings.app_id, keyring)
        self._clock = clock
        self._sleep = sleep
        self._known: Token | None = None
        self._refusal: tuple[Misconfigured, datetime] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def get(self) -> str:
        """A token that should work. Raises Misconfigured, or another CallFailed when none can be had now."""
        return (await self._current(refused=None)).value

    async def renew(self, refused: str) -> str:
        """Another token than the one the platform has just `refused`.

        Whoever comes second finds the first one's; the platform is forced at most once in 30 seconds.
        """
        return (await self._current(refused)).value

    async def _current(self, refused: str | None) -> Token:
        if known := self._usable(refused):
            return known
        async with self._one_at_a_time:
            if known := self._usable(refused):
                return known
            self._rest_after_refusal()
            self._known = await self._from_shelf(refused)
            return self._known

    def _usable(self, refused: str | None) -> Token | None:
        known = self._known
        return known if known and known.value != refused and self._clock.wall() < known.expires_at else None

    def _rest_after_refusal(self) -> None:
        if self._refusal and self._clock.wall() < self._refusal[1]:
            raise self._refusal[0]

    async def _from_shelf(self, refused: str | None) -> Token:
        """The shared one, waiting for whoever renews it; or renewed by us."""
        deadline = self._clock.wall() + PATIENCE
        while self._clock.wall() < deadline:
            found = await self._write(lambda session: self._shelf.take(session, self._clock.wall(), refused))
            if isinstance(found, Token):
                return found
            if isinstance(found, Leased):
                return await self._renewed(refused, found)
            await self._sleep(LOOK_AGAIN)
        raise NotSent("微信令牌正由另一个进程更新，请稍后再试。")

    async def _renewed(self, refused: str | None, lease: Leased) -> Token:
        try:
            token = await self._fetch(force=False)
            if token.value == refused:
                token = await self._forced(token, lease)
        except CallFailed:
            metrics.TOKEN_REFRESHES.labels("failed").inc()
            await self._write(self._shelf.release)
            raise
        metrics.TOKEN_REFRESHES.labels("renewed").inc()
        await self._write(lambda session: self._shelf.keep(session, token))
        log.info("token renewed")
        return token

    async def _forced(self, refused: Token, lease: Leased) -> Token:
        if not lease.may_force:
            raise NotSent("微信令牌刚刚更新过仍被拒绝，请半分钟后再试。")
        await self._write(lambda session: self._shelf.note_forced(session, self._clock.wall()))
        token = await self._fetch(force=True)
        if token.value == refused.value:
            raise NotSent("微信平台没有换发令牌，请半分钟后再试。")
        return token

    async def _fetch(self, force: bool) -> Token:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret.get_secret_value(),
            "force_refresh": force,
        }
        asked_at = self._clock.wall()
        try:
            answer = await self._wire.exchange("POST", "/cgi-bin/stable_token", {}, body)
        except PlatformError as error:
            raise self._judged(error) from None
        life = timedelta(seconds=int(required(answer, "expires_in")))
        return Token(str(required(answer, "access_token")), asked_at + life - min(MARGIN, life / 4))

    def _judged(self, error: PlatformError) -> PlatformError:
        """On this call 40001 means a wrong secret: nothing to refresh with."""
        log.warning("token refused", errcode=error.errcode, rid=error.rid)
        if error.reaction not in (Reaction.STOP, Reaction.REFRESH):
            return error
        refusal = Misconfigured(error.errcode, error.rid, error.detail)
        self._refusal = refusal, self._clock.wall() + REST
        return refusal

    async def _write(self, function: Callable[[Session], T]) -> T:
        return await self._writer.ask(Call(function))
