"""What a round came to: each candidate's votes, and who goes before whom. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.ballots import lots
from app.ballots.choices import BLOCK, Slip, Stance, count


@dataclass(frozen=True)
class Count:
    """What one candidate got. `rank` is from 1; `lot`: drawn, since another got as many."""

    number: int
    votes: int
    against: int
    abstain: int
    rank: int
    lot: str | None = None

    def of(self, stance: Stance) -> int:
        return {Stance.FOR: self.votes, Stance.AGAINST: self.against, Stance.NONE: self.abstain}[stance]


@dataclass(frozen=True)
class Tally:
    """What a round came to. `ballots` are those that count, one for each voter; `counts` by number."""

    ballots: int
    counts: tuple[Count, ...]

    def to_json(self) -> dict[str, Any]:
        """As the last line of the archive has it."""
        return {"ballots": self.ballots, "counts": [asdict(one) for one in self.counts]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Tally":
        return cls(stored["ballots"], tuple(Count(**one) for one in stored["counts"]))


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
