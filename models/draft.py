"""What somebody has begun to write and not yet handed in; the author's alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json


class Draft(Base):
    """`state` is the conversation's {answers, editing, fragments}; the sealed phone is inside as base64.

    One draft of a person is being written; others may lie on the shelf after 取消. With `proposal_id` the
    draft amends a proposal that was handed in before.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index(
            "uq_drafts_being_written",
            "follower_id",
            "campaign_id",
            unique=True,
            sqlite_where=text("shelved = 0"),
            postgresql_where=text("NOT shelved"),
        ),
        Index(None, "follower_id"),
        {"sqlite_autoincrement": True},  # an open page knows its draft by id: none is given out twice
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), index=True)
    shelved: Mapped[bool] = mapped_column(default=False)
    state: Mapped[dict[str, Any]] = mapped_column(Json)
    pictures: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    begun_at: Mapped[datetime]
    touched_at: Mapped[datetime]
