"""A text for many people: composed by one, released by another, sent by the ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, WrittenJson, words
from models.enums import BroadcastKind, BroadcastState, PhaseKind


class Broadcast(Base):
    """`audience` and `content` are as app.broadcasts reads them; the audience is frozen at release.

    Recipients are gathered in order of their ids: `gathered_to` is the last one seen, `gathered_at` when nobody
    was left, `total` how many there are. `lease_by` is the process that is at it; past `lease_until` a crash is
    assumed, and another one may take it. `on_phase` is the phase of the campaign it waits for. `stopped_for`
    says why it stands still, `goes_on_at` when it goes on by itself, if it does; `rests` counts such stops since
    anything was accepted. `retry_asked_at` stands while what had failed by then is being queued again.
    """

    __tablename__ = "broadcasts"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    kind: Mapped[BroadcastKind] = mapped_column(words(BroadcastKind))
    channel: Mapped[str] = mapped_column(String(20))
    audience: Mapped[dict[str, Any]] = mapped_column(Json)
    content: Mapped[dict[str, Any]] = mapped_column(WrittenJson)
    state: Mapped[BroadcastState] = mapped_column(words(BroadcastState), index=True)
    scheduled_at: Mapped[datetime | None]
    on_phase: Mapped[PhaseKind | None] = mapped_column(words(PhaseKind))
    composed_by: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    composed_at: Mapped[datetime]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    submitted_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    released_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    gathered_to: Mapped[int] = mapped_column(default=0)
    gathered_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    batch_size: Mapped[int | None]
    lease_by: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    rests: Mapped[int] = mapped_column(default=0)
    stopped_for: Mapped[str | None] = mapped_column(Text)
    goes_on_at: Mapped[datetime | None]
    retry_asked_at: Mapped[datetime | None]


class JobEnd(Base):
    """What the platform told of the end of a message or a mass job. It may come before our own record of sending.

    `counts` are a mass job's: {"total", "filtered", "sent", "errors"}.
    """

    __tablename__ = "job_ends"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    platform_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    succeeded: Mapped[bool]
    status: Mapped[str] = mapped_column(String(100))
    counts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(index=True)


class Credit(Base):
    """How many subscription notices of a template a person still takes: said yes to, less those sent."""

    __tablename__ = "credits"

    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id", ondelete="CASCADE"), primary_key=True)
    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    remaining: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
