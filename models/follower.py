"""A person known by openid: whether they follow, how they may be reached, how much they write."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Follower(Base):
    """`message_*` is the window a written message opens, `action_*` the short one of a follow, click or scan.

    `chat_minute` and `chat_count` count messages in the current minute; `rest` is the part of a long
    answer that waits for 继续.
    """

    __tablename__ = "followers"
    __table_args__ = ({"sqlite_autoincrement": True},)  # nobody inherits the id of a person who was erased

    id: Mapped[int] = mapped_column(primary_key=True)
    openid: Mapped[str] = mapped_column(String(64), unique=True)
    subscribed: Mapped[bool] = mapped_column(default=True, index=True)
    subscribed_at: Mapped[datetime | None]
    scene: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    message_window_at: Mapped[datetime | None]
    message_window_used: Mapped[int] = mapped_column(default=0)
    action_window_at: Mapped[datetime | None]
    action_window_used: Mapped[int] = mapped_column(default=0)
    chat_minute: Mapped[int] = mapped_column(default=0)
    chat_count: Mapped[int] = mapped_column(default=0)
    rest: Mapped[str | None] = mapped_column(Text)
