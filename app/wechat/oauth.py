"""Signing in on pages inside WeChat (/connect/oauth2/authorize and /sns/oauth2/access_token)."""

import asyncio
from datetime import timedelta
from urllib.parse import quote
from weakref import WeakValueDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.errors import Forbidden
from app.settings import WeChatSettings
from app.upserts import insert_into
from app.wechat.client import WeChatClient
from app.wechat.errors import PlatformError
from app.wechat.token import Sleep
from app.wechat.wire import required
from app.writer import Call, Writer
from models import Follower, OAuthCode

CODE_LIFE = timedelta(minutes=5)
USED_OR_UNKNOWN = frozenset({40029, 40163})

# Another process may be exchanging the same code right now: look again this often, this far apart.
LOOKS = 8
LOOK_AGAIN = 0.25


class SnapshotUser(Forbidden):
    """WeChat's page preview signs in with a throw-away identity that must not be taken for a person."""

    code = "snapshot_user"


def authorize_url(settings: WeChatSettings, redirect_uri: str, state: str) -> str:
    """Where to send a browser to learn its openid silently (snsapi_base).

    The platform insists on this order of parameters and on the fragment; `state` is letters and digits.
    """
    query = (
        f"appid={settings.app_id}&redirect_uri={quote(redirect_uri, safe='')}"
        f"&response_type=code&scope=snsapi_base&state={quote(state, safe='')}"
    )
    return f"{settings.open_url}/connect/oauth2/authorize?{query}#wechat_redirect"


class SignIn:
    """Turns the code of a redirect into an openid; a code that comes twice within five minutes is harmless.

    WeChat itself brings it twice at times: prefetching the page, or going back to it.
    """

    def __init__(
        self,
        client: WeChatClient,
        database: Database,
        writer: Writer,
        keyring: Keyring,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client = client
        self._database = database
        self._writer = writer
        self._keyring = keyring
        self._clock = clock
        self._sleep = sleep
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def openid_for(self, code: str, state: str) -> str:
        """A repeat is good only with the `state` that the code first came with: a code that was seen is no key.

        Raises SnapshotUser, or PlatformError when the code is unknown, expired or somebody else's."""
        digest = self._keyring.digest(f"{code}\0{state}", "oauth code")
        lock = self._under_way.setdefault(digest, asyncio.Lock())
        async with lock:
            return await asyncio.to_thread(self._known, digest) or await self._first(code, digest)

    async def _first(self, code: str, digest: str) -> str:
        """As far as this process knows; another one may be faster."""
        try:
            openid = await self._exchange(code)
        except PlatformError as error:
            if error.errcode not in USED_OR_UNKNOWN:
                raise
            if known := await self._twin(digest):
                return known
            raise
        await self._writer.ask(Call(lambda session: self._note(session, digest, openid)))
        return openid

    async def _exchange(self, code: str) -> str:
        settings = self._client.settings
        params = {
            "appid": settings.app_id,
            "secret": settings.app_secret.get_secret_value(),
            "code": code,
            "grant_type": "authorization_code",
        }
        answer = await self._client.wire.exchange("GET", "/sns/oauth2/access_token", params)
        if answer.get("is_snapshotuser"):
            raise SnapshotUser("现在看到的是快照页，请点页面下方的“使用完整服务”后再试。")
        return str(required(answer, "openid"))

    async def _twin(self, digest: str) -> str | None:
        for _ in range(LOOKS):
            if known := await asyncio.to_thread(self._known, digest):
                return known
            await self._sleep(LOOK_AGAIN)
        return None

    def _known(self, digest: str) -> str | None:
        fresh = OAuthCode.used_at > self._clock.wall() - CODE_LIFE
        found = select(Follower.openid).join(OAuthCode).where(OAuthCode.digest == digest, fresh)
        with self._database.reading() as session:
            return session.scalar(found)

    def _note(self, session: Session, digest: str, openid: str) -> None:
        """Somebody may open a page without following the account."""
        person = {"openid": openid, "subscribed": False, "created_at": self._clock.now()}
        session.execute(insert_into(session, Follower).values(person).on_conflict_do_nothing())
        follower_id = session.scalars(select(Follower.id).where(Follower.openid == openid)).one()
        used = {"digest": digest, "follower_id": follower_id, "used_at": self._clock.wall()}
        session.execute(insert_into(session, OAuthCode).values(used).on_conflict_do_nothing())
