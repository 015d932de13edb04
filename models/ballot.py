"""The ballot box: who has voted, every ballot in a chain, and opinions kept apart from both."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, words
from models.enums import BallotWay


class Box(Base):
    """The end of a round's chain of ballots: how many there are, and the hash of the last.

    `head_at_open` is the hash that the first ballot follows, made of all that was fixed before it. From the
    close on, `counted` holds the choices that count, packed and sorted, so that nothing tells whose they were.
    """

    __tablename__ = "boxes"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True)
    size: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    head_at_open: Mapped[str] = mapped_column(String(64))
    counted: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class Voter(Base):
    """Who has voted, by a hash keyed with the round's key; `seq` is the ballot of theirs that counts.

    `hand` is, on a register, who cast it: a hash of the openid keyed in the same way; null for paper. A phone that
    is bound to the entry later is not shown what another hand had cast.
    """

    __tablename__ = "voters"
    __table_args__ = (UniqueConstraint("round_id", "voter"), UniqueConstraint("round_id", "hand"))

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    voter: Mapped[bytes] = mapped_column(LargeBinary(16))
    hand: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    seq: Mapped[int]
    cast: Mapped[int]


class Ballot(Base):
    """One ballot as it was cast, never changed. `replaces` is the `seq` of the voter's ballot before.

    `choices` are packed by the ballot's type and sealed with the round's key at the place `seq`; `commitment`
    binds them, `hash` chains receipt, commitment and what was replaced to the ballot before. See app.ballots.box.
    """

    __tablename__ = "ballots"
    __table_args__ = (
        UniqueConstraint("round_id", "receipt"),
        UniqueConstraint("round_id", "replaces"),  # nobody's ballot is replaced by two
        {"sqlite_with_rowid": False},  # read in the order of the chain, so kept in it
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    replaces: Mapped[int | None]
    receipt: Mapped[str] = mapped_column(String(19))
    choices: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    way: Mapped[BallotWay] = mapped_column(words(BallotWay))
    cast_at: Mapped[datetime]


class Opinion(Base):
    """What a voter wrote to a candidate. `voter_id` goes at publication; `text` is sealed for "opinions.text"."""

    __tablename__ = "opinions"
    __table_args__ = (UniqueConstraint("voter_id", "candidate_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    voter_id: Mapped[int | None] = mapped_column(ForeignKey("voters.id", ondelete="SET NULL"))
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"))
    text: Mapped[bytes] = mapped_column(LargeBinary)
