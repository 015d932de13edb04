"""What was chosen: the year's practical projects, and the announcement that tells of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, words
from models.enums import AnnouncementState


class Project(Base):
    """One practical project of the year, made of a candidate; `place` orders them, from 0.

    `indicators` is a list of {"title", "target"}.
    """

    __tablename__ = "projects"
    __table_args__ = (Index(None, "campaign_id", "place"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"), unique=True)
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(String(200))
    indicators: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    chosen_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]


class Announcement(Base):
    """A campaign's announcement of its projects, begun with the first of them; empty until somebody writes it.

    `hands` are the ids of all who chose, changed, wrote or submitted something: none of them releases it.
    """

    __tablename__ = "announcements"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    state: Mapped[AnnouncementState] = mapped_column(words(AnnouncementState))
    title: Mapped[str] = mapped_column(String(100), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    hands: Mapped[list[int]] = mapped_column(Json, default=list)
    written_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    written_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    submitted_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    released_at: Mapped[datetime | None]
