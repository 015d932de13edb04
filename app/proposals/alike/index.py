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
# Parts of the texts that may come and go until it is worked out again how rare features are, and how long texts.
RARITY_DRIFT, LENGTH_DRIFT = 0.02, 0.1

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
        self._rarities: dict[int, float] = {}  # by number of the feature; of not long ago
        self._lengths: dict[int, float] = {}  # by key, of the weights that follow; of not long ago
        self._changes = [0, 0]  # since then

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
        self._drift()

    def remove(self, key: int) -> None:
        held = self._held.pop(key, None)
        if held is None:
            return
        for number in held.features:
            self._holders[number].remove(key)
        del self._sizes[key]
        self._lengths.pop(key, None)
        self._drift()

    def direction(self, text: Features) -> Direction:
        """Of any text. Features that nothing here has count for its length."""
        numbers = self._numbers
        weights = {
            name: _damped(count) * (self._rarity(numbers[name]) if name in numbers else self._rarity_of(name))
            for name, count in text.items()
        }
        length = _length(weights) or 1.0
        return {numbers[name]: weight / length for name, weight in weights.items() if name in numbers}

    def direction_of(self, key: int) -> Direction:
        weights = self._weights(self._held[key])
        length = _length(weights) or 1.0
        return {number: weight / length for number, weight in weights.items()}

    def near(self, text: Direction, most: int) -> list[Near]:
        """The nearest `most`, the nearest first; of equals the older."""
        gains = self._gains(text)
        candidates = self._candidates(gains, max(CANDIDATES, 2 * most))
        found = [Near(self._score(gains, key), key) for key in candidates]
        return heapq.nlargest(most, found, key=lambda near: (near.score, -near.key))

    def cosine(self, text: Direction, key: int) -> float:
        return self._score(self._gains(text), key)

    def _gains(self, text: Direction) -> Direction:
        """What a feature adds to the score of a text that has it once, as long as that text has the length 1."""
        return {number: weight * self._rarity(number) for number, weight in text.items()}

    def _score(self, gains: Direction, key: int) -> float:
        held, damped = self._held[key], _DAMPED  # for each text compared: the inner loop
        pairs = zip(held.features, held.counts, strict=True)
        return sum([damped[count] * gains[n] for n, count in pairs if n in gains]) / (self._length_of(key) or 1.0)

    def _candidates(self, gains: Direction, most: int) -> list[int]:
        """Nearly the nearest: by the rarest features only, as if all counted alike for the length of a text."""
        sums: dict[int, float] = {}
        known, looked_at = sums.get, 0
        for number in sorted(gains, key=lambda number: len(self._holders[number])):
            holders, gain = self._holders[number], gains[number]
            looked_at += len(holders)
            if sums and looked_at > LOOKED_AT:
                break
            for key in holders:
                sums[key] = known(key, 0.0) + gain
        scores = map(truediv, sums.values(), map(self._sizes.__getitem__, sums))
        return [key for _, key in heapq.nlargest(most, zip(scores, sums, strict=True))]

    def _length_of(self, key: int) -> float:
        known = self._lengths.get(key)
        if known is None:
            known = self._lengths[key] = _length(self._weights(self._held[key]))
        return known

    def _drift(self) -> None:
        for place, (known, most) in enumerate(((self._rarities, RARITY_DRIFT), (self._lengths, LENGTH_DRIFT))):
            self._changes[place] += 1
            if self._changes[place] > most * len(self):
                known.clear()
                self._changes[place] = 0

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
