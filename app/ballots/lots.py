"""Lots drawn from a seed fixed beforehand: the order on each voter's page, who goes first of equals. Pure."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence


def new_seed() -> str:
    return secrets.token_hex(32)


def shuffled(numbers: Sequence[int], seed: str, whose: str) -> list[int]:
    """The candidates' numbers in the order of one voter: by the hash of seed, voter and number."""
    return sorted(numbers, key=lambda number: _lot(f"{seed}:{whose}:{number}"))


def ranked(votes: Mapping[int, int], seed: str) -> list[int]:
    """The candidates' numbers, most votes first; of equals, the one whose lot is smaller."""
    return sorted(votes, key=lambda number: (-votes[number], lot(seed, number)))


def lot(seed: str, number: int) -> str:
    """The lot of a candidate: anybody who knows the seed can draw it again."""
    return _lot(f"{seed}:{number}")


def _lot(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
