"""What a proposal is found by: its words cut so that a database can look them up without knowing Chinese. Pure.

Chinese has no spaces, so a run of it becomes its overlapping pairs, with the last character once more alone: then
any single character is the beginning of some piece. Latin words and numbers are pieces as they stand. A title is
found by the initials of its pinyin too, as people type them: zgss for 职工宿舍.
"""

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

# Its dictionary of phrases takes 45 MB in every process, to tell which reading a character has: any will do here.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin import Style, pinyin

RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
LATIN = re.compile(r"[a-z]{2,}")
INITIALS = "~"  # begins the pieces of pinyin, which nobody wrote
SHORTEST_INITIALS, LONGEST_INITIALS = 2, 4
LONGEST_PIECE = 40
READINGS = 3  # of one character, the most common first


@dataclass(frozen=True)
class Piece:
    """What must be among a proposal's pieces, or `begins` one of them."""

    text: str
    begins: bool = False


# Any of these will do; of each, all pieces must be there.
Alternatives = Sequence[Sequence[Piece]]


def pieces(title: str, *texts: str) -> list[str]:
    """Every piece that a proposal is found by, each once."""
    found = {piece for text in (title, *texts) for run in _runs(text) for piece in _cut(run)}
    return sorted(found | set(_initial_pieces(initials(title))))


def asked(word: str) -> Alternatives:
    """What to look for when somebody typed `word`; nothing when it has neither letters nor digits."""
    written = [piece for run in _runs(word) for piece in _asked(run)]
    typed = unicodedata.normalize("NFKC", word).lower()
    spelt = [Piece(piece) for piece in _widest(typed)] if LATIN.fullmatch(typed) else []
    return [alternative for alternative in (written, spelt) if alternative]


def initials(text: str) -> list[str]:
    """For each character the letters its pinyin may begin with: z, g, s, s for 职工宿舍, and cz for 长.

    Of Latin words and numbers it is the first.
    """
    return [letters for run in _runs(text) for letters in _letters(run)]


def mentions(text: str, word: str) -> bool:
    """Whether `word` is in `text`, or spells its initials: for short lists, which need no index."""
    typed = unicodedata.normalize("NFKC", word).lower()
    written = typed in unicodedata.normalize("NFKC", text).lower()
    return written or (LATIN.fullmatch(typed) is not None and _spells(initials(text), typed))


def _runs(text: str) -> list[str]:
    return RUN.findall(unicodedata.normalize("NFKC", text).lower())


def _cut(run: str) -> Iterator[str]:
    if run[0].isascii():
        yield run[:LONGEST_PIECE]
        return
    yield from _pairs(run)
    yield run[-1]


def _pairs(run: str) -> Iterator[str]:
    return (run[start : start + 2] for start in range(len(run) - 1))


def _asked(run: str) -> Iterator[Piece]:
    if run[0].isascii() or len(run) == 1:
        yield Piece(run[:LONGEST_PIECE], begins=True)
    else:
        yield from map(Piece, _pairs(run))


def _letters(run: str) -> Iterator[str]:
    if run[0].isascii():
        return iter(run[0])
    readings = pinyin(run, style=Style.FIRST_LETTER, heteronym=True)
    return ("".join(dict.fromkeys(letters[:READINGS])) for letters in readings)


def _initial_pieces(letters: Sequence[str]) -> Iterator[str]:
    for length in range(SHORTEST_INITIALS, LONGEST_INITIALS + 1):
        for start in range(len(letters) - length + 1):
            for spelt in product(*letters[start : start + length]):
                yield INITIALS + "".join(spelt)


def _spells(letters: Sequence[str], typed: str) -> bool:
    """Whether `typed` is a way to spell some of them that stand together."""
    starts = range(len(letters) - len(typed) + 1)
    return any(all(one in letters[start + place] for place, one in enumerate(typed)) for start in starts)


def _widest(letters: str) -> Iterator[str]:
    """The longest pieces that cover `letters`."""
    length = min(len(letters), LONGEST_INITIALS)
    return (INITIALS + letters[start : start + length] for start in range(len(letters) - length + 1))
