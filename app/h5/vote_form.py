"""What the form of a ballot sends: a word and an opinion to each candidate, by its number. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from types import MappingProxyType

from app.ballots.choices import Stance
from app.crypto import Keyring

WORDS: Mapping[Stance, str] = MappingProxyType({Stance.FOR: "for", Stance.AGAINST: "against", Stance.NONE: "none"})
STANCES = {word: stance for stance, word in WORDS.items()}
STAMP = re.compile(r"([0-9]{1,12})\.([0-9a-f]{32})")
CHOICE, OPINION = (re.compile(letter + r"([0-9]{1,4})") for letter in "co")


@dataclass(frozen=True)
class Sent:
    """`opinions` is None where the form had no place for any; `opened` is the stamp of `stamped`, if it is."""

    stances: Mapping[int, Stance]
    opinions: Mapping[int, str] | None
    opened: str = ""


def sent_by(fields: Mapping[str, str]) -> Sent:
    """A word we do not know is none."""
    stances = {number: STANCES[word] for number, word in _numbered(CHOICE, fields) if word in STANCES}
    opinions = dict(_numbered(OPINION, fields))
    return Sent(stances, opinions or None, fields.get("opened", ""))


def stamped(keyring: Keyring, token: str, now: datetime) -> str:
    """When a ballot was opened, for the form whose `token` it is; nobody else can make one."""
    at = int(now.timestamp())
    return f"{at}.{_seal(keyring, token, at)}"


def seconds_open(keyring: Keyring, token: str, stamp: str, now: datetime) -> int | None:
    """How long ago the ballot was opened; None where nobody knows, as for a stamp that is not ours."""
    found = STAMP.fullmatch(stamp)
    if found is None or not compare_digest(_seal(keyring, token, int(found[1])), found[2]):
        return None
    return max(0, int(now.timestamp()) - int(found[1]))


def _seal(keyring: Keyring, token: str, at: int) -> str:
    return keyring.digest(f"{token}:{at}", "h5 ballot opened")


def _numbered(kind: re.Pattern[str], fields: Mapping[str, str]) -> list[tuple[int, str]]:
    return [(int(found[1]), value) for name, value in fields.items() if (found := kind.fullmatch(name))]
