"""What the form of a unit's opinion sends: a word and a text to each candidate, by its number. Pure."""

import re
from collections.abc import Mapping

from app.ballots.unit_rules import Said, UnitStance

STANCE, TEXT = (re.compile(letter + r"([0-9]{1,4})") for letter in "co")
WORDS = {stance.value: stance for stance in UnitStance}


def said_by(fields: Mapping[str, str]) -> dict[int, Said]:
    """By number. A word we do not know is none."""
    stances = {number: WORDS[word] for number, word in _numbered(STANCE, fields) if word in WORDS}
    texts = dict(_numbered(TEXT, fields))
    return {number: Said(stances.get(number), texts.get(number, "")) for number in stances.keys() | texts.keys()}


def _numbered(kind: re.Pattern[str], fields: Mapping[str, str]) -> list[tuple[int, str]]:
    return [(int(found[1]), value) for name, value in fields.items() if (found := kind.fullmatch(name))]
