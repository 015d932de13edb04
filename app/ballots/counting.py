"""Counting a round's ballots: opened all at once at the close, checked against the chain, never by voter."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.ballots import lots
from app.ballots.choices import BLOCK, Slip, Stance, count, in_order
from app.ballots.keys import RoundKey
from app.ballots.queries import BALLOTS
from app.errors import ShishiError
from models import Box

BOXES: Table = Box.metadata.tables[Box.__tablename__]


class BoxBroken(ShishiError):
    """Somebody has been at the box: what is in it cannot be what was cast."""

    status = 500
    code = "box_broken"


@dataclass(frozen=True)
class Count:
    """What one candidate got. `rank` is from 1; `lot`: drawn, since another got as many."""

    number: int
    votes: int
    against: int
    abstain: int
    rank: int
    lot: str | None = None


@dataclass(frozen=True)
class Tally:
    """What a round came to. `ballots` are those that count, one for each voter; `counts` by number."""

    ballots: int
    counts: tuple[Count, ...]

    def to_json(self) -> dict[str, Any]:
        return {"ballots": self.ballots, "counts": [asdict(one) for one in self.counts]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Tally":
        return cls(stored["ballots"], tuple(Count(**one) for one in stored["counts"]))


def opened(session: Session, round_id: int, key: RoundKey, without: Collection[int] = ()) -> bytes:
    """The choices that count, packed and sorted: of each voter the last, `without` those that were made invalid.

    Raises BoxBroken where ballots are missing.
    """
    of_it = select(BALLOTS.c.choices, BALLOTS.c.replaces).where(BALLOTS.c.round_id == round_id)
    rows = session.execute(of_it.order_by(BALLOTS.c.seq)).all()
    size = session.scalar(select(BOXES.c.size).where(BOXES.c.round_id == round_id))
    if size != len(rows):
        raise BoxBroken("票箱里的选票数目和记录对不上，请先停下来，联系负责人核查。")
    gone = {row.replaces for row in rows if row.replaces} | set(without)
    whole = key.seal(b"".join([row.choices for row in rows]), 1)
    if not gone:
        return b"".join(in_order(whole))
    counting = [whole[at * BLOCK : (at + 1) * BLOCK] for at in range(len(rows)) if at + 1 not in gone]
    return b"".join(sorted(counting))


def tally(packed: bytes, slip: Slip, seed: str) -> Tally:
    """Count `packed` ballots, one behind the other, and rank the candidates."""
    totals = dict(zip(slip.numbers, count(packed, len(slip.numbers)), strict=True))
    votes = {number: total[Stance.FOR] for number, total in totals.items()}
    ranks = {number: rank for rank, number in enumerate(lots.ranked(votes, seed), start=1)}
    tied = _tied(list(votes.values()))
    return Tally(
        len(packed) // BLOCK,
        tuple(
            Count(
                number,
                total[Stance.FOR],
                total[Stance.AGAINST],
                total[Stance.NONE],
                ranks[number],
                lots.lot(seed, number) if votes[number] in tied else None,
            )
            for number, total in totals.items()
        ),
    )


def _tied(votes: Sequence[int]) -> set[int]:
    return {each for each in votes if votes.count(each) > 1}
