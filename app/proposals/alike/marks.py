"""Which parts of two texts say the same, for people to see. Pure."""

from itertools import groupby
from typing import NamedTuple

from app.proposals.alike.features import places


class Run(NamedTuple):
    """A piece of a text; the pieces of a text in their order are the text."""

    text: str
    matched: bool


def marked(text: str, other: str) -> tuple[Run, ...]:
    """`text` with what `other` says too."""
    shared = {place.feature for place in places(other)}
    matched = [False] * len(text)
    for place in places(text):
        if place.feature in shared:
            matched[place.start : place.end] = [True] * (place.end - place.start)
    return tuple(
        Run("".join(character for character, _ in run), is_matched)
        for is_matched, run in groupby(zip(text, matched, strict=True), key=lambda each: each[1])
    )
