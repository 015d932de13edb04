"""The API token as all processes share it: read it, or take the lease to renew it. Never over the network."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.crypto import Keyring, Undecryptable
from app.upserts import insert_into
from models import AccessToken

SEALED_FOR = "access_tokens.token"

LEASE = timedelta(
    seconds=20
)  # longer than a token call with its time-out; a refresher that died holds others so long
FORCE_INTERVAL = timedelta(seconds=30)  # the platform ignores what comes sooner


@dataclass(frozen=True)
class Token:
    """`expires_at` is when we stop using it, a little before the platform does."""

    value: str
    expires_at: datetime


@dataclass(frozen=True)
class Leased:
    """It is ours to renew. `may_force`: whether the platform would listen to a forced renewal."""

    may_force: bool


class Busy:
    """Another process is renewing it."""


class TokenShelf:
    """The row of one account. Each method belongs into a transaction of its own."""

    def __init__(self, app_id: str, keyring: Keyring) -> None:
        self._app_id = app_id
        self._keyring = keyring

    def take(self, session: Session, now: datetime, refused: str | None) -> Token | Leased | Busy:
        """The shared token, unless it is worn out or is the very one the platform `refused`: then the lease."""
        row = self._locked(session)
        token = self._read(row)
        if token and now < token.expires_at and token.value != refused:
            return token
        if row.refreshing_until and row.refreshing_until > now:
            return Busy()
        row.refreshing_until = now + LEASE
        return Leased(may_force=row.forced_at is None or row.forced_at + FORCE_INTERVAL <= now)

    def note_forced(self, session: Session, now: datetime) -> None:
        """Written down before the call, so that a crash in between cannot lead to another one at once."""
        self._locked(session).forced_at = now

    def keep(self, session: Session, token: Token) -> None:
        """Store what was fetched and give the lease back."""
        row = self._locked(session)
        row.token = self._keyring.seal(token.value, SEALED_FOR)
        row.expires_at = token.expires_at
        row.refreshing_until = None

    def release(self, session: Session) -> None:
        self._locked(session).refreshing_until = None

    def _locked(self, session: Session) -> AccessToken:
        adding = insert_into(session, AccessToken).values(app_id=self._app_id)
        session.execute(adding.on_conflict_do_nothing())
        found = select(AccessToken).where(AccessToken.app_id == self._app_id).with_for_update()
        return session.scalars(found).one()

    def _read(self, row: AccessToken) -> Token | None:
        if row.token is None or row.expires_at is None:
            return None
        try:
            return Token(self._keyring.open(row.token, SEALED_FOR), row.expires_at)
        except Undecryptable:  # the installation's secret was changed: fetch another one
            return None
