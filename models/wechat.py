"""What we share among processes about the platform: its token, used OAuth codes, where a sync stands."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, words
from models.enums import PhaseKind


class AccessToken(Base):
    """`token` is sealed for "access_tokens.token". `refreshing_until` is the lease of the one refresher."""

    __tablename__ = "access_tokens"

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None]
    refreshing_until: Mapped[datetime | None]
    forced_at: Mapped[datetime | None]


class OAuthCode(Base):
    """A code that was exchanged, by digest: the platform's clients may bring it twice."""

    __tablename__ = "oauth_codes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime] = mapped_column(index=True)


class AccountMenu(Base):
    """The menu we have put under the account's chat, by the phase it is for. No row: it is not ours to change.

    `lease_until`: a process is changing it, or it could not be changed (`error`) and is tried again then.
    """

    __tablename__ = "account_menus"

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    phase: Mapped[PhaseKind] = mapped_column(words(PhaseKind))
    published_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class SyncCursor(Base):
    """Where a long read of the platform's lists stands, so that it goes on after a stop."""

    __tablename__ = "sync_cursors"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    cursor: Mapped[str] = mapped_column(String(128), default="")
    done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
