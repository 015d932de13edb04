"""What stands on a ballot: a stance to each candidate, packed into one block of sixteen bytes. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import chain

BLOCK = 16  # bytes of a packed ballot, two bits for each candidate
CANDIDATES_LIMIT = BLOCK * 4


class Stance(IntEnum):
    NONE = 0
    FOR = 1
    AGAINST = 2


Choices = tuple[Stance, ...]  # in the order of the round's candidates


@dataclass(frozen=True)
class Slip:
    """An empty ballot: the candidates' numbers in their order, and how many may be chosen."""

    numbers: tuple[int, ...]
    min_choices: int
    max_choices: int

    def choices(self, stances: Mapping[int, Stance]) -> Choices:
        """By number, as they stand on the ballot; what is not named has none."""
        return tuple(stances.get(number, Stance.NONE) for number in self.numbers)

    def chosen(self, choices: Sequence[Stance], stance: Stance) -> list[int]:
        """The numbers of the candidates that got this stance."""
        return [number for number, given in zip(self.numbers, choices, strict=True) if given is stance]


def pack(choices: Sequence[Stance]) -> bytes:
    whole = sum(stance << (2 * place) for place, stance in enumerate(choices))
    return whole.to_bytes(BLOCK, "little")


def unpack(packed: bytes, size: int) -> Choices:
    """The stances to `size` candidates. Raises ValueError where there can be none."""
    if int.from_bytes(packed, "little") >> (2 * size):
        raise ValueError("a stance to a candidate who is not on the ballot")
    return tuple(chain.from_iterable(map(_stances, packed)))[:size]


def count(packed: bytes, size: int) -> list[Counter[Stance]]:
    """How often each of `size` candidates got each stance, in `packed` ballots one behind the other.

    Counted byte by byte over all ballots at once: a byte holds four candidates, and has few values.
    """
    totals: list[Counter[Stance]] = [Counter() for _ in range(size)]
    for position in range((size + 3) // 4):
        for byte, times in Counter(packed[position::BLOCK]).items():
            for total, stance in zip(totals[position * 4 :], _stances(byte), strict=False):
                total[stance] += times
    return totals


def in_order(packed: bytes) -> Iterable[bytes]:
    """Ballots one behind the other, each for itself and sorted: nothing tells any more who cast which."""
    return sorted(packed[at : at + BLOCK] for at in range(0, len(packed), BLOCK))


@cache
def _stances(byte: int) -> Choices:
    return tuple(Stance(byte >> shift & 3) for shift in (0, 2, 4, 6))
