"""Sifting proposals: what reviewers found, what was decided, what was merged."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, words
from models.enums import Conclusion, DecisionKind, ProposalStatus


class Assessment(Base):
    """One reviewer's card. `scores` and `reasons` are by the key of the criterion; `look` counts second looks."""

    __tablename__ = "assessments"
    __table_args__ = (UniqueConstraint("proposal_id", "operator_id", "look"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"))
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"), index=True)
    look: Mapped[int] = mapped_column(default=0)
    scores: Mapped[dict[str, int]] = mapped_column(Json)
    reasons: Mapped[dict[str, str]] = mapped_column(Json)
    conclusion: Mapped[Conclusion] = mapped_column(words(Conclusion))
    assessed_at: Mapped[datetime]


class SecondLook(Base):
    """Somebody asked that another reviewer looks at a proposal again."""

    __tablename__ = "second_looks"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), index=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]


class Decision(Base):
    """What was decided of a proposal. Until `published_at` it is prepared only, and nobody has been told.

    `ground` is the key of a reason from the list, for rejections. At most one waits to be published.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index(
            "uq_decisions_prepared",
            "proposal_id",
            unique=True,
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
        Index(None, "proposal_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"))
    kind: Mapped[DecisionKind] = mapped_column(words(DecisionKind))
    ground: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    decided_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Merge(Base):
    """Proposals that are handled as one from now on. Undoing it removes the row; the action log remembers."""

    __tablename__ = "merges"
    __table_args__ = ({"sqlite_autoincrement": True},)  # open pages and what was told name it by id

    id: Mapped[int] = mapped_column(primary_key=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    reason: Mapped[str] = mapped_column(Text)
    merged_at: Mapped[datetime]


class MergedProposal(Base):
    """One proposal of a merge, with what it was before, for undoing."""

    __tablename__ = "merged_proposals"

    merge_id: Mapped[int] = mapped_column(ForeignKey("merges.id", ondelete="CASCADE"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), unique=True, primary_key=True)
    status: Mapped[ProposalStatus] = mapped_column(words(ProposalStatus))
    status_reason: Mapped[str | None] = mapped_column(Text)


class SavedView(Base):
    """A filter of the board that an operator keeps under a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("operator_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[dict[str, Any]] = mapped_column(Json)
