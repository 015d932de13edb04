"""What comes to a round beside the phones: collective opinions of units, and votes on paper."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, words
from models.enums import PaperState


class UnitLink(Base):
    """A link by which a unit's own operator gives its opinion: only a digest of its secret is kept."""

    __tablename__ = "unit_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    unit: Mapped[str] = mapped_column(String(200))
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class UnitOpinion(Base):
    """What a unit as a whole thinks of the candidates: shown beside the votes, never one of them.

    `said` is JSON by the candidate's id, sealed for "unit_opinions.said": {"stance", "text"}.
    """

    __tablename__ = "unit_opinions"
    __table_args__ = (UniqueConstraint("round_id", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    unit: Mapped[str] = mapped_column(String(200))
    said: Mapped[bytes] = mapped_column(LargeBinary)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("unit_links.id"))
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    given_at: Mapped[datetime]


class PaperBallot(Base):
    """A ballot on paper, entered by two people who do not see one another's entry; `scan` is the number on it.

    `choices` are those of the first, sealed for "paper_ballots.choices", and gone once the ballot is in the box.
    `entry_id` and `seq` go at publication.
    """

    __tablename__ = "paper_ballots"
    __table_args__ = (
        UniqueConstraint("round_id", "scan"),
        Index(None, "round_id", "entry_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    scan: Mapped[str] = mapped_column(String(40))
    state: Mapped[PaperState] = mapped_column(words(PaperState))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entries.id", ondelete="SET NULL"))
    choices: Mapped[bytes | None] = mapped_column(LargeBinary)
    seq: Mapped[int | None]
    first_by: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    first_at: Mapped[datetime]
    second_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    second_at: Mapped[datetime | None]
