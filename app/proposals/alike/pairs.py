"""Which texts of an index are likely the same proposal, and gathering them. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.proposals.alike.index import Index

LEAST = 0.15  # pairs below are of no use to anybody
NEIGHBOURS = 12  # of each text


class Pair(NamedTuple):
    score: float
    first: int
    second: int


class Pairs:
    """The likely pairs of an index, found once for each text: adding one costs one search."""

    def __init__(self) -> None:
        self._scores: dict[tuple[int, int], float] = {}
        self._compared: set[int] = set()

    def waiting(self, index: Index) -> int:
        """How many texts have not been compared with the others yet."""
        return sum(key not in self._compared for key in index)

    def compare(self, index: Index, most: int) -> None:
        """Search for up to `most` texts that have not been searched for yet."""
        for key in [key for key in index if key not in self._compared][:most]:
            self._compared.add(key)
            for near in index.near(index.direction_of(key), NEIGHBOURS + 1):
                if near.key != key and near.score >= LEAST:
                    self._scores[min(key, near.key), max(key, near.key)] = near.score

    def forget(self, key: int) -> None:
        self._compared.discard(key)
        self._scores = {pair: score for pair, score in self._scores.items() if key not in pair}

    def above(self, threshold: float) -> list[Pair]:
        """The likeliest first."""
        found = [Pair(score, *pair) for pair, score in self._scores.items() if score >= threshold]
        return sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second))


def gathered(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """Pairs that hang together, directly or by others; the group with the likeliest pair first."""
    leaders: dict[int, int] = {}
    pairs = sorted(pairs, key=lambda pair: -pair.score)
    for pair in pairs:
        leaders[_leader(leaders, pair.first)] = _leader(leaders, pair.second)
    groups: dict[int, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(_leader(leaders, pair.first), []).append(pair)
    return list(groups.values())


def members(group: Iterable[Pair]) -> list[int]:
    return sorted({key for pair in group for key in (pair.first, pair.second)})


def _leader(leaders: Mapping[int, int], key: int) -> int:
    while leaders.get(key, key) != key:
        key = leaders[key]
    return key
