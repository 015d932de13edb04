"""What goes to the ballot: candidates, and the proposals each grew from."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, words
from models.enums import Maturity


class Candidate(Base):
    """`place` orders candidates while they are edited; `number`, once given, stays for ever and freezes the rest.

    `indicators` is a list of {"title", "target"}.
    """

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        Index(None, "campaign_id", "place"),
        {"sqlite_autoincrement": True},  # open pages and the log name it by id
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    number: Mapped[int | None]
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    expected_outcome: Mapped[str] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(String(40))
    department: Mapped[str | None] = mapped_column(String(200))
    cost: Mapped[str | None] = mapped_column(String(200))
    indicators: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    maturity: Mapped[Maturity | None] = mapped_column(words(Maturity))
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    composed_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]


class CandidateSource(Base):
    """One proposal that a candidate was composed from."""

    __tablename__ = "candidate_sources"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id", ondelete="CASCADE"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), primary_key=True, index=True)
