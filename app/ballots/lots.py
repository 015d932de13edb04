"""Lots drawn from a seed fixed beforehand: the order on each voter's page, who goes first of equals. Pure."""

import hashlib
import secrets
import struct
from collections.abc import Mapping, Sequence

LOT = struct.Struct(">I")  # of a place on one voter's page


def new_seed() -> str:
    return secrets.token_hex(32)


def shuffled(numbers: Sequence[int], seed: str, whose: str) -> list[int]:
    """The candidates' numbers in one voter's order: each draws four bytes of SHAKE-256 over seed and voter."""
    drawn = hashlib.shake_256(f"{seed}:{whose}".encode()).digest(LOT.size * len(numbers))
    lots = (lot for (lot,) in LOT.iter_unpack(drawn))
    return [number for _lot, number in sorted(zip(lots, sorted(numbers), strict=True))]


def ranked(votes: Mapping[int, int], seed: str) -> list[int]:
    """The candidates' numbers, most votes first; of equals, the one whose lot is smaller."""
    return sorted(votes, key=lambda number: (-votes[number], lot(seed, number)))


def lot(seed: str, number: int) -> str:
    """The lot of a candidate: anybody who knows the seed can draw it again."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
