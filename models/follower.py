"""A person known by openid: whether they follow, how they may be reached, how much they write; units' posters."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Poster(Base):
    """A unit's QR code: who comes by it is of this unit. `url` is what the code says."""

    __tablename__ = "posters"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(String(200), unique=True)
    scene: Mapped[str] = mapped_column(String(64), unique=True)
    url: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    made_at: Mapped[datetime]


class Tag(Base):
    """A tag of the platform's, as it was called when we last read it."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(64))


class FollowerTag(Base):
    """Who has which tag, as of the last reading of the followers."""

    __tablename__ = "follower_tags"

    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(primary_key=True, index=True)


class Follower(Base):
    """`message_*` is the window a written message opens, `action_*` the short one of a follow, click or scan.

    `chat_minute` and `chat_count` count messages in the current minute; `rest` is the part of a long
    answer that waits for 继续. `scene` is that of the last code they came by.
    """

    __tablename__ = "followers"
    __table_args__ = ({"sqlite_autoincrement": True},)  # nobody inherits the id of a person who was erased

    id: Mapped[int] = mapped_column(primary_key=True)
    openid: Mapped[str] = mapped_column(String(64), unique=True)
    subscribed: Mapped[bool] = mapped_column(default=True, index=True)
    subscribed_at: Mapped[datetime | None]
    scene: Mapped[str | None] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    message_window_at: Mapped[datetime | None]
    message_window_used: Mapped[int] = mapped_column(default=0)
    action_window_at: Mapped[datetime | None]
    action_window_used: Mapped[int] = mapped_column(default=0)
    chat_minute: Mapped[int] = mapped_column(default=0)
    chat_count: Mapped[int] = mapped_column(default=0)
    rest: Mapped[bytes | None] = mapped_column(LargeBinary)
