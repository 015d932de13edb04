"""What the form of a ballot sends: a word and an opinion to each candidate, by its number. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.ballots.choices import Stance

WORDS: Mapping[Stance, str] = MappingProxyType({Stance.FOR: "for", Stance.AGAINST: "against", Stance.NONE: "none"})
STANCES = {word: stance for stance, word in WORDS.items()}
CHOICE, OPINION = (re.compile(letter + r"([0-9]{1,4})") for letter in "co")


@dataclass(frozen=True)
class Sent:
    """`opinions` is None where the form had no place for any."""

    stances: Mapping[int, Stance]
    opinions: Mapping[int, str] | None


def sent_by(fields: Mapping[str, str]) -> Sent:
    """A word we do not know is none."""
    stances = {number: STANCES[word] for number, word in _numbered(CHOICE, fields) if word in STANCES}
    opinions = dict(_numbered(OPINION, fields))
    return Sent(stances, opinions or None)


def _numbered(kind: re.Pattern[str], fields: Mapping[str, str]) -> list[tuple[int, str]]:
    return [(int(found[1]), value) for name, value in fields.items() if (found := kind.fullmatch(name))]
