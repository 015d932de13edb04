"""A proposal that was handed in, by a worker, a union or a department."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, words
from models.enums import IntakeChannel, ProposalStatus

FILTERED = ("status", "channel", "category", "assignee", "unit")


class Proposal(Base):
    """`phone` is sealed for "proposals.phone". `follower_id` is null once the person has gone.

    `supplements` is what the author added when asked: a list of {"asked", "said", "at"}; `further` what they
    answered to the campaign's further questions, a list of {"key", "name", "said"}. `supporters` is how many
    persons stand behind it or anything merged into it: counted anew whenever that changes.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        Index(None, "campaign_id", "unit"),
        Index(None, "campaign_id", "amended_at"),
        # All that the board filters by, in the orders it shows: a page is found without reading the proposals.
        Index("ix_proposals_board", "campaign_id", "submitted_at", "id", *FILTERED),
        Index("ix_proposals_supported", "campaign_id", "supporters", "id", *FILTERED, "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    number: Mapped[str] = mapped_column(String(20), unique=True)
    channel: Mapped[IntakeChannel] = mapped_column(words(IntakeChannel))
    status: Mapped[ProposalStatus] = mapped_column(words(ProposalStatus))
    status_reason: Mapped[str | None] = mapped_column(Text)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"), index=True)
    category: Mapped[str | None] = mapped_column(String(40))
    assignee: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    expected_outcome: Mapped[str] = mapped_column(Text)
    evaluations: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    evaluation_text: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(String(200))
    trade: Mapped[str | None] = mapped_column(String(40))
    follower_id: Mapped[int | None] = mapped_column(ForeignKey("followers.id", ondelete="SET NULL"), index=True)
    consented: Mapped[bool] = mapped_column(default=False)
    proposer_name: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    pictures: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    submitted_at: Mapped[datetime]
    amended_at: Mapped[datetime | None]
    supplements: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list, server_default="[]")
    further: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list, server_default="[]")
    supporters: Mapped[int] = mapped_column(default=0, server_default="0")
