"""The ledger of messages we owe: one row for each message to one person."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, words
from models.enums import DeliveryState


class Delivery(Base):
    """`key` makes enqueueing idempotent. `lease_until` marks a claim; past it a crash is assumed.

    `about` names what it tells of, as "proposal:12", for those who ask whether it was heard.
    The rows of a broadcast have its `content` for their body, and go out `batch` by batch, from 0; `tried_at` is
    when the platform first heard their key, by the unshifted clock.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index(None, "state", "due_at"), Index(None, "broadcast_id", "state", "batch"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    channel: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    openid: Mapped[str | None] = mapped_column(String(64), index=True)
    about: Mapped[str | None] = mapped_column(String(60), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState), default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    broadcast_id: Mapped[int | None] = mapped_column(ForeignKey("broadcasts.id"))
    batch: Mapped[int | None]
    platform_id: Mapped[str | None] = mapped_column(String(64), index=True)
    errcode: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
