"""What of a text is compared: its characters, pairs of them, Latin words, and what is meant by its words. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from operator import add
from typing import NamedTuple

from app.proposals.alike.vocabulary import FILLERS, RANK, SAYING_BY_WORD, SIMPLER

TITLE_WEIGHT = 3  # a title says in few words what the rest is about

CHARACTER, PAIR, SAYING = 1.0, 0.5, 1.5  # how much each kind of feature counts

Features = Counter[str]


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """The longest first; most places are passed by at a look at one character."""
    longest_first = sorted(words, key=len, reverse=True)
    first = "".join(sorted({word[0] for word in longest_first}))
    return re.compile(f"(?=[{first}])(?:{'|'.join(longest_first)})")


FILLER, SAID = _any_of(FILLERS.split()), _any_of(SAYING_BY_WORD)
RUN = re.compile(r"[一-鿿]+|[a-z]{2,}")


class Text(NamedTuple):
    """A proposal as far as it is compared."""

    title: str
    summary: str
    expected_outcome: str = ""


class Place(NamedTuple):
    """A telling feature where it stands, from `start` up to but not including `end`."""

    feature: str
    start: int
    end: int


def features(text: Text) -> Features:
    """Numbers and marks are left out: "50个" and "五十个" are no difference worth the name."""
    counted = _features(text.title)
    for feature in counted:
        counted[feature] *= TITLE_WEIGHT
    counted.update(_features(f"{text.summary}\n{text.expected_outcome}"))
    return counted


def places(text: str) -> Iterator[Place]:
    """Where the features of `text` stand, but for single characters, which tell nothing by themselves."""
    folded = fold(text)
    for said in SAID.finditer(folded):
        yield Place(_saying(said[0]), *said.span())
    for run in _runs(folded):
        if run[0].isascii():
            yield Place(_latin(run[0]), *run.span())
        else:
            yield from (Place(folded[at : at + 2], at, at + 2) for at in range(run.start(), run.end() - 1))


def fold(text: str) -> str:
    """As long as `text`, so that what is found in it can be shown: narrow, lower case, simplified characters."""
    narrow = unicodedata.normalize("NFKC", text).lower()
    if len(narrow) != len(text):
        narrow = "".join(map(_narrow, text))
    return narrow.translate(SIMPLER)


def weight_of(feature: str) -> float:
    if feature[0] == "~":
        return SAYING
    return CHARACTER if len(feature) == 1 or feature[0] == "=" else PAIR


def expected_in(feature: str) -> float:
    """In which part of all proposals it is to be expected, from what is known of the language."""
    if feature[0] == "~":
        return 0.02
    if len(feature) > 1:
        return 0.002
    return min(0.8, 8 / (RANK[feature] + 10)) if feature in RANK else 0.01


def _features(text: str) -> Features:
    folded = fold(text)
    counted = Counter(map(_saying, SAID.findall(folded)))
    for run in _runs(folded):
        if run[0].isascii():
            counted[_latin(run[0])] += 1
        else:
            counted.update(run[0])
            counted.update(map(add, run[0], run[0][1:]))
    return counted


def _runs(folded: str) -> Iterator[re.Match[str]]:
    return RUN.finditer(FILLER.sub(_blank, folded))


def _blank(filler: re.Match[str]) -> str:
    return " " * len(filler[0])


def _saying(word: str) -> str:
    return f"~{SAYING_BY_WORD[word]}"


def _latin(word: str) -> str:
    return f"={word}"


def _narrow(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character).lower()
    return narrow if len(narrow) == 1 else character
