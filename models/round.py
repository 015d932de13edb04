"""A round of voting: what is voted on, who may vote, when, and what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, words
from models.enums import RoundState, Turnout


class Round(Base):
    """`electorate` is {"kind": …} as app.ballots.electorate reads it; `tally` is what was
    counted at the close, with the `head` of the archive.

    `key` is sealed for "rounds.key" and destroyed at publication: with it go the ways from a person to a ballot.
    `seed` is drawn with the round and shown from its opening on: it orders each voter's page and settles ties.
    `released_by` let it open, at once or, while it is still a draft, when `opens_at` comes.
    `turnout_by_unit` is [unit, entries, voted] for each unit of its register, counted at the close.
    """

    __tablename__ = "rounds"
    __table_args__ = ({"sqlite_autoincrement": True},)  # links name it by id

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    state: Mapped[RoundState] = mapped_column(words(RoundState), index=True)
    ballot_type: Mapped[str] = mapped_column(String(40))
    min_choices: Mapped[int]
    max_choices: Mapped[int]
    electorate: Mapped[dict[str, Any]] = mapped_column(Json)
    turnout: Mapped[Turnout] = mapped_column(words(Turnout))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    seed: Mapped[str] = mapped_column(String(64))
    tally: Mapped[dict[str, Any] | None] = mapped_column(Json)
    turnout_by_unit: Mapped[list[Any] | None] = mapped_column(Json)
    composed_by: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    composed_at: Mapped[datetime]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    opened_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    closed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    confirmed_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    published_at: Mapped[datetime | None]


class RoundCandidate(Base):
    """One candidate of a round, and where it stands in the order of the numbers, from 0."""

    __tablename__ = "round_candidates"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"), index=True)
