"""A vote said in the chat: 投 1 3 5, also with 反对 and with the numbers written as people write them. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from app.conversation.parsers import whole_number

VOTE = re.compile(r"(?:第?(?P<round>\d{1,2})轮)?(?:我要|我想|我)?投(?:票)?给?(?P<rest>.*)", re.DOTALL)
WORDS = re.compile(r"(赞成|同意|支持|反对|不同意|弃权)")
SEPARATORS = re.compile(r"[\s,，、.。．;；:：/+和与及号项]+")
REFUSING = ("反对", "不同意")
ABSTAINING = "弃权"


@dataclass(frozen=True)
class Spoken:
    """The numbers somebody named, in their order. `round` is the place in the list of open rounds, from 1."""

    chosen: tuple[int, ...]
    refused: tuple[int, ...]
    round: int | None = None


def understood(said: str) -> Spoken | None:
    """None where it is no vote: something else that begins alike."""
    found = VOTE.fullmatch(unicodedata.normalize("NFKC", said).strip())
    if found is None or not found["rest"].strip():
        return None
    chosen: list[int] = []
    refused: list[int] = []
    named = chosen
    for part in WORDS.split(found["rest"].replace("不同意", "反对")):
        if part in REFUSING:
            named = refused
        elif part == ABSTAINING:
            named = []
        elif WORDS.fullmatch(part):
            named = chosen
        else:
            numbers = [whole_number(word) for word in SEPARATORS.split(part) if word]
            if None in numbers:
                return None
            named += [number for number in numbers if number is not None]
    if not chosen and not refused:
        return None
    round = int(found["round"]) if found["round"] else None
    return Spoken(tuple(chosen), tuple(refused), round)
