"""What a proposal is found by: its words cut so that a database can look them up without knowing Chinese. Pure.

Chinese has no spaces, so a run of it becomes its overlapping pairs, with the last character once more alone: then
any single character is the beginning of some piece. Latin words and numbers are pieces as they stand. A title is
found by the initials of its pinyin too, as people type them: zgss for 职工宿舍.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
LATIN = re.compile(r"[a-z]{2,}")
INITIALS = "~"  # begins the pieces of pinyin, which nobody wrote
SHORTEST_INITIALS, LONGEST_INITIALS = 2, 4
LONGEST_PIECE = 40


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


def initials(text: str) -> str:
    """The first letters of its characters' pinyin: zgss for 职工宿舍; of Latin words and numbers the first."""
    return "".join(letter for run in _runs(text) for letter in _letters(run))


def mentions(text: str, word: str) -> bool:
    """Whether `word` is in `text`, or spells its initials: for short lists, which need no index."""
    typed = unicodedata.normalize("NFKC", word).lower()
    written = typed in unicodedata.normalize("NFKC", text).lower()
    return written or (LATIN.fullmatch(typed) is not None and typed in initials(text))


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
    return (syllable[0] for syllable in lazy_pinyin(run, style=Style.FIRST_LETTER))


def _initial_pieces(letters: str) -> Iterator[str]:
    for length in range(SHORTEST_INITIALS, LONGEST_INITIALS + 1):
        for start in range(len(letters) - length + 1):
            yield INITIALS + letters[start : start + length]


def _widest(letters: str) -> Iterator[str]:
    """The longest pieces that cover `letters`."""
    length = min(len(letters), LONGEST_INITIALS)
    return (INITIALS + letters[start : start + length] for start in range(len(letters) - length + 1))
