"""What many people said in their own words: the nearly same counted together, a few of them quoted. Pure."""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.proposals.alike.features import Text, features, fold
from app.proposals.alike.index import Index
from app.statistics.masking import masked

ALIKE = 0.45  # from 0 to 1, the same words
COMPARED = 600  # different wordings at most: what is beyond counts, but is neither compared nor quoted
QUOTE_LIMIT = 90  # characters
EASY_LENGTH = 28  # of a quote that is read at a glance
MARKS = re.compile(r"[\W_]+")
NOTHING = re.compile("(?:暂时?)?(?:(?:无|没有?)(?:意见|建议)?)?")  # "no comment", in all its spellings


@dataclass(frozen=True)
class Voice:
    """One saying, and how many said it or nearly the same."""

    words: str
    count: int


@dataclass(frozen=True)
class Sayings:
    """`total` are all who said something; `voices` the most frequent sayings."""

    total: int = 0
    voices: tuple[Voice, ...] = ()

    @property
    def others(self) -> int:
        """How many said something that is not among the voices."""
        return self.total - sum(voice.count for voice in self.voices)


def summed_up(texts: Iterable[str], most: int) -> Sayings:
    """Up to `most` voices, personal data masked. The order of `texts` makes no difference."""
    wordings: dict[str, Counter[str]] = {}
    for text in texts:
        words = masked(" ".join(text.split()))
        if not NOTHING.fullmatch(bare := MARKS.sub("", fold(words))):
            wordings.setdefault(bare, Counter())[words] += 1
    said = {min(words, key=lambda one: (-words[one], one)): words.total() for words in wordings.values()}
    voices = sorted(map(_voice, _groups(said)), key=lambda voice: (-voice.count, _reading(voice.words)))
    return Sayings(sum(said.values()), tuple(Voice(_cut(one.words), one.count) for one in voices[:most]))


def _groups(said: Mapping[str, int]) -> list[list[Voice]]:
    """Each wording goes to the nearest of those that began a group, if it is near enough; else it begins one."""
    leaders, groups = Index(), list[list[Voice]]()
    for words in sorted(said, key=lambda one: (-said[one], _drawn(one)))[:COMPARED]:
        found = features(Text("", words))
        near = leaders.near(leaders.direction(found), 1)
        if near and near[0].score >= ALIKE:
            groups[near[0].key].append(Voice(words, said[words]))
        else:
            leaders.add(len(groups), found)
            groups.append([Voice(words, said[words])])
    return groups


def _voice(group: Sequence[Voice]) -> Voice:
    """The wording that most used, or that reads best, for all."""
    spokesman = min(group, key=lambda one: (-one.count, _reading(one.words)))
    return Voice(spokesman.words, sum(one.count for one in group))


def _reading(words: str) -> tuple[bool, int, str]:
    """First what nothing was taken out of, and is neither too short to say much nor too long."""
    return "〔" in words, abs(len(words) - EASY_LENGTH), words


def _drawn(words: str) -> int:
    """An order in which no wording is preferred."""
    return zlib.crc32(words.encode())


def _cut(words: str) -> str:
    return words if len(words) <= QUOTE_LIMIT else words[: QUOTE_LIMIT - 2] + "……"
