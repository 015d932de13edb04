"""An index of texts by their features, which finds those nearest to one by idf cosine. Pure."""

import heapq
import math
from array import array
from collections.abc import Iterator, Mapping
from operator import truediv
from typing import NamedTuple

from app.proposals.alike.features import Features, expected_in, weight_of

# Texts that we pretend to have seen: with few proposals, how common a feature is follows from the language.
PRESUMED = 100
CANDIDATES = 30  # are compared exactly
LOOKED_AT = 12_000  # entries of the index in a search, those of the rarest features: that bounds its time
MOST_COUNTED = 255

Direction = Mapping[int, float]  # a text as a vector of length 1: the weight of each feature, by its number


class Near(NamedTuple):
    """`score` is from 0 to 1, the same text."""

    score: float
    key: int


class _Held(NamedTuple):
    """The features of a text by number, and how often each occurs."""

    features: "array[int]"
    counts: bytes


class Index:
    """Texts by key. Not for several threads at once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._holders: list[array[int]] = []  # by number of the feature: the keys of the texts that have it
        self._held: dict[int, _Held] = {}
        self._sizes: dict[int, float] = {}  # by key: the root of how many features a text has
        self._rarities: dict[int, float] = {}  # worked out since the last change

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[int]:
        return iter(tuple(self._held))

    def add(self, key: int, text: Features) -> None:
        """One that is there already is replaced."""
        self.remove(key)
        numbers = array("I", [self._number(feature) for feature in text])
        for number in numbers:
            self._holders[number].append(key)
        counts = bytes([min(count, MOST_COUNTED) for count in text.values()])
        self._held[key] = _Held(numbers, counts)
        self._sizes[key] = math.sqrt(len(numbers))

    def remove(self, key: int) -> None:
        self._rarities.clear()
        held, _ = self._held.pop(key, None), self._sizes.pop(key, None)
        for number in held.features if held else ():
            self._holders[number].remove(key)

    def direction(self, text: Features) -> Direction:
        """Of any text. Features that nothing here has count for its length."""
        weights = {name: _damped(count) * self._rarity_of(name) for name, count in text.items()}
        length = _length(weights) or 1.0
        return {self._numbers[name]: weight / length for name, weight in weights.items() if name in self._numbers}

    def direction_of(self, key: int) -> Direction:
        weights = self._weights(self._held[key])
        length = _length(weights) or 1.0
        return {number: weight / length for number, weight in weights.items()}

    def near(self, text: Direction, most: int) -> list[Near]:
        """The nearest `most`, the nearest first; of equals the older."""
        candidates = self._candidates(text, max(CANDIDATES, 2 * most))
        found = [Near(self.cosine(text, key), key) for key in candidates]
        return heapq.nlargest(most, found, key=lambda near: (near.score, -near.key))

    def cosine(self, text: Direction, key: int) -> float:
        weights = self._weights(self._held[key])
        shared = sum(weights[number] * text[number] for number in weights.keys() & text.keys())
        return shared / (_length(weights) or 1.0)

    def _candidates(self, text: Direction, most: int) -> list[int]:
        """Nearly the nearest: by the rarest features only, as if all counted alike for the length of a text."""
        sums: dict[int, float] = {}
        known, looked_at = sums.get, 0
        for number in sorted(text, key=lambda number: len(self._holders[number])):
            holders, gain = self._holders[number], text[number] * self._rarity(number)
            looked_at += len(holders)
            if sums and looked_at > LOOKED_AT:
                break
            for key in holders:
                sums[key] = known(key, 0.0) + gain
        scores = map(truediv, sums.values(), map(self._sizes.__getitem__, sums))
        return [key for _, key in heapq.nlargest(most, zip(scores, sums, strict=True))]

    def _weights(self, held: _Held) -> dict[int, float]:
        known, find, damped = self._rarities, self._rarity, _DAMPED  # for each text compared: the inner loop
        pairs = zip(held.features, held.counts, strict=True)
        return {n: damped[count] * (known[n] if n in known else find(n)) for n, count in pairs}

    def _rarity(self, number: int) -> float:
        known = self._rarities.get(number)
        if known is None:
            known = self._rarities[number] = self._rarity_of(self._names[number])
        return known

    def _rarity_of(self, feature: str) -> float:
        number = self._numbers.get(feature)
        seen = len(self._holders[number]) if number is not None else 0
        expected = seen + PRESUMED * expected_in(feature)
        return weight_of(feature) * math.log((len(self) + PRESUMED + 1) / expected)

    def _number(self, feature: str) -> int:
        number = self._numbers.setdefault(feature, len(self._names))
        if number == len(self._names):
            self._names.append(feature)
            self._holders.append(array("I"))
        return number


_DAMPED = [0.0, *(1 + math.log(count) for count in range(1, MOST_COUNTED + 1))]


def _damped(count: int) -> float:
    """Said twice is not twice as much."""
    return _DAMPED[min(count, MOST_COUNTED)]


def _length(weights: Mapping[int, float] | Mapping[str, float]) -> float:
    return math.hypot(*weights.values())
