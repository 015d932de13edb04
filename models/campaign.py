"""The yearly event: its whole definition as loaded from the campaign file, and what was set by hand."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, words
from models.enums import PhaseKind


class Campaign(Base):
    """`collecting_closed_at` is when collecting ended, once a hand was in it; until then the calendar says so."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    loaded_at: Mapped[datetime]
    phase_by_hand: Mapped[PhaseKind | None] = mapped_column(words(PhaseKind))
    phase_reason: Mapped[str | None] = mapped_column(Text)
    collecting_closed_at: Mapped[datetime | None]
    last_number: Mapped[int] = mapped_column(default=0)
