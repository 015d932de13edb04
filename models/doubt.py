"""What makes a ballot look like abuse, and what people decided about it."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, words
from models.enums import InvalidationState, InvalidReason


class Trace(Base):
    """How a ballot came in; kept until the round is published, then destroyed with its key.

    `address` is a hash of the sender's network address, keyed with the round's key. `seconds` is how long the
    voter had the ballot open before sending it; null where nobody knows.
    """

    __tablename__ = "traces"
    __table_args__ = (
        ForeignKeyConstraint(["round_id", "seq"], ["ballots.round_id", "ballots.seq"], ondelete="CASCADE"),
        Index(None, "round_id", "address"),
        {"sqlite_with_rowid": False},
    )

    round_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[bytes | None] = mapped_column(LargeBinary(8))
    seconds: Mapped[int | None]


class MarkReview(Base):
    """A mark that somebody has looked into when it was so many `ballots`; app.ballots.marks names it."""

    __tablename__ = "mark_reviews"
    __table_args__ = (UniqueConstraint("round_id", "mark"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    mark: Mapped[str] = mapped_column(String(80))
    ballots: Mapped[int]
    note: Mapped[str] = mapped_column(String(500))
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    reviewed_at: Mapped[datetime]


class Invalidation(Base):
    """A ballot that one operator wants not to count; it does not, once another has agreed.

    Ballots proposed together have one `proposal`, numbered from 1 in each round, and are decided together. `mark`
    is what they stood out by, if anything did. `reason` becomes public, `note` does not.
    """

    __tablename__ = "invalidations"
    __table_args__ = (
        ForeignKeyConstraint(["round_id", "seq"], ["ballots.round_id", "ballots.seq"], ondelete="CASCADE"),
        Index(None, "round_id", "seq"),
        UniqueConstraint("round_id", "proposal", "seq"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int]
    seq: Mapped[int]
    state: Mapped[InvalidationState] = mapped_column(words(InvalidationState))
    proposal: Mapped[int]
    mark: Mapped[str] = mapped_column(String(80))
    reason: Mapped[InvalidReason] = mapped_column(words(InvalidReason))
    note: Mapped[str] = mapped_column(String(500))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    decided_at: Mapped[datetime | None]
