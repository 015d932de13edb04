"""What the cookies of a signed-in person hold: signed by us, short-lived, never an openid."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from hmac import compare_digest
from types import MappingProxyType
from typing import Any, NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.responses import Response

from app.clock import Clock
from app.crypto import Keyring

SESSION, STATE = "shishi_session", "shishi_state"
SESSION_LIFE = timedelta(hours=12)
RENEWED_AFTER = timedelta(
    hours=6
)  # opening a page signs in anew from here on, so that a form has hours to be sent
STATE_LIFE = timedelta(minutes=10)
OPENED_KEPT = 4096  # cookies, of some hundred bytes each
LONGEST = 1024  # characters of a cookie of ours, and more


class SignedIn(NamedTuple):
    """What a session says of a person: `whose` is a keyed hash of the openid."""

    follower_id: int
    whose: str


class Cookies:
    """Makes and reads the two cookies; what the previous secret key signed still counts."""

    def __init__(self, keyring: Keyring, clock: Clock, *, secure: bool) -> None:
        self._keyring = keyring
        self._clock = clock
        self._secure = secure
        keys = keyring.digests("cookies", "h5")[::-1]  # the last one signs
        self._signers = {name: URLSafeSerializer(keys, salt=name) for name in (SESSION, STATE)}
        self._opened = lru_cache(OPENED_KEPT)(self._open)  # whoever opens a page often does so again at once

    def sign_in(self, response: Response, follower_id: int, openid: str) -> None:
        """An id may be given to somebody else after an erasure, so a keyed hash says whose it was."""
        whose = self._keyring.digest(openid, "h5 session")
        self._set(response, SESSION, {"follower": follower_id, "of": whose}, SESSION_LIFE)

    def signed_in(self, cookies: Mapping[str, str], within: timedelta = SESSION_LIFE) -> SignedIn | None:
        """Who is signed in, since less than `within`. Whether the person is still there is for `belongs_to`."""
        held = self._read(cookies, SESSION, within)
        return SignedIn(held["follower"], held["of"]) if held else None

    def belongs_to(self, signed_in: SignedIn, openid: str) -> bool:
        return signed_in.whose in self._keyring.digests(openid, "h5 session")

    def begin(self, cookies: Mapping[str, str], response: Response) -> str:
        """The state to send to the platform. Two pages opened side by side share one."""
        state = self.state(cookies) or secrets.token_hex(16)
        self._set(response, STATE, {"state": state}, STATE_LIFE)
        return state

    def state(self, cookies: Mapping[str, str]) -> str:
        return str((self._read(cookies, STATE, STATE_LIFE) or {}).get("state", ""))

    def form_token(self, follower_id: int, openid: str) -> str:
        """What forms of this person carry, so that no other site can send them."""
        return self._keyring.digest(f"{follower_id}:{openid}", "h5 form")

    def accepts(self, token: str, follower_id: int, openid: str) -> bool:
        known = self._keyring.digests(f"{follower_id}:{openid}", "h5 form")
        return any(compare_digest(token.encode(), one.encode()) for one in known)

    def _set(self, response: Response, name: str, held: dict[str, Any], life: timedelta) -> None:
        value = self._signers[name].dumps({**held, "at": self._now()})
        response.set_cookie(
            name,
            value,
            max_age=int(life.total_seconds()),
            path="/h5",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def _read(self, cookies: Mapping[str, str], name: str, life: timedelta) -> Mapping[str, Any] | None:
        cookie = cookies.get(name, "")
        held = self._opened(name, cookie) if len(cookie) <= LONGEST else None  # what is opened is kept in memory
        return held if held and 0 <= self._now() - held["at"] < life.total_seconds() else None

    def _open(self, name: str, cookie: str) -> Mapping[str, Any] | None:
        """None for what was not signed by us."""
        try:
            held: dict[str, Any] = self._signers[name].loads(cookie)
        except BadSignature:
            return None
        return MappingProxyType(held)

    def _now(self) -> int:
        return int(self._clock.wall().timestamp())
