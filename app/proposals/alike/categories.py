"""Suggesting a category by what proposals of each category say. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.proposals.alike.features import Text, features
from app.proposals.alike.index import Direction, Index
from app.proposals.alike.vocabulary import FIELD_BY_WORD

SEED = 6.0  # how many proposals the title of a category is worth
LEAST_LEAD = 0.15  # of the first over the second, as a part of the first, for a suggestion to be made

Profiles = Mapping[str, Direction]


class Suggestion(NamedTuple):
    """`lead` is how far it is ahead of the next category, from 0, as likely, to 1."""

    key: str
    lead: float


def profiles(index: Index, titles: Mapping[str, str], filed: Iterable[tuple[int, str]]) -> Profiles:
    """What is typical of each category. `titles` by key; `filed`: texts of the index with the key of theirs."""
    sums: dict[str, dict[int, float]] = {key: _seed(index, title) for key, title in titles.items()}
    for text, category in filed:
        if category in sums:
            _add(sums[category], index.direction_of(text), 1.0)
    return {key: _unit(weights) for key, weights in sums.items()}


def ranked(text: Direction, known: Profiles) -> list[Suggestion]:
    """All categories, the likeliest first; their leads are over the one that follows."""
    scores = sorted(((_shared(text, profile), key) for key, profile in known.items()), reverse=True)
    following = [*scores[1:], (0.0, "")]
    return [
        Suggestion(key, 1 - after[0] / score if score else 0.0)
        for (score, key), after in zip(scores, following, strict=True)
    ]


def suggestion(text: Direction, known: Profiles) -> Suggestion | None:
    """The likeliest; None where the next would be nearly as good."""
    best = next(iter(ranked(text, known)), None)
    return best if best and best.lead >= LEAST_LEAD else None


def _seed(index: Index, title: str) -> dict[int, float]:
    """Before anything is filed, the words that belong to the title."""
    words = " ".join(words for word, words in FIELD_BY_WORD.items() if word in title)
    sums: dict[int, float] = defaultdict(float)
    _add(sums, index.direction(features(Text(title, words))), SEED)
    return sums


def _add(sums: dict[int, float], direction: Direction, times: float) -> None:
    for number, weight in direction.items():
        sums[number] = sums.get(number, 0.0) + weight * times


def _unit(weights: Mapping[int, float]) -> Direction:
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {number: weight / length for number, weight in weights.items()}


def _shared(text: Direction, profile: Direction) -> float:
    return sum(weight * profile.get(number, 0.0) for number, weight in text.items())
