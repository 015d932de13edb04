"""What a unit as a whole says of the candidates, and which units are asked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.ballots.register_rows import UNIT_LIMIT, unit_of
from app.conversation.parsers import clean
from app.errors import Invalid

TEXT_LIMIT = 500  # characters to each candidate
UNITS_LIMIT = 500  # named at once


class UnitStance(StrEnum):
    FOR = "for"
    AGAINST = "against"
    NONE = "none"


STANCE_TITLES: Mapping[UnitStance, str] = MappingProxyType(
    {UnitStance.FOR: "赞成", UnitStance.AGAINST: "不赞成", UnitStance.NONE: "没有意见"}
)


@dataclass(frozen=True)
class Said:
    """Of one candidate; either may be left out."""

    stance: UnitStance | None = None
    text: str = ""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Said":
        stance = stored.get("stance")
        return cls(UnitStance(stance) if stance else None, stored.get("text", ""))

    def to_json(self) -> dict[str, str]:
        return {"stance": self.stance or "", "text": self.text}

    def __bool__(self) -> bool:
        return self.stance is not None or bool(self.text)


STANCE_FIELD, TEXT_FIELD = (re.compile(letter + r"([0-9]{1,4})") for letter in "co")
WORDS = {stance.value: stance for stance in UnitStance}


def said_in(fields: Mapping[str, str]) -> dict[int, Said]:
    """By number, as a form sends it: c3 is the word on number 3, o3 the text. A word we do not know is none."""
    stances = {number: WORDS[word] for number, word in _numbered(STANCE_FIELD, fields) if word in WORDS}
    texts = dict(_numbered(TEXT_FIELD, fields))
    return {number: Said(stances.get(number), texts.get(number, "")) for number in stances.keys() | texts.keys()}


def checked(said: Mapping[int, Said], numbers: tuple[int, ...]) -> dict[int, Said]:
    """By number, without those of whom nothing is said. Raises Invalid."""
    kept = {number: Said(one.stance, clean(one.text)) for number, one in said.items()}
    if strangers := sorted(kept.keys() - set(numbers)):
        raise Invalid(f"这一轮没有 {strangers[0]} 号项目。")
    for number, one in kept.items():
        if len(one.text) > TEXT_LIMIT:
            raise Invalid(f"{number} 号的意见最多写 {TEXT_LIMIT} 个字，现在有 {len(one.text)} 个，请精简一些。")
    found = {number: one for number, one in kept.items() if one}
    if not found:
        raise Invalid("还什么都没有填。对哪个项目有意见，就在哪个项目下面选一选、写一写，不用每个都填。")
    return found


def unit_named(said: str) -> str:
    """Raises Invalid."""
    unit = unit_of(said)
    if unit is None or not unit.isprintable():
        raise Invalid("请写单位的名称。")
    if len(unit) > UNIT_LIMIT:
        raise Invalid(f"单位名称太长，最多 {UNIT_LIMIT} 个字：{unit[:20]}……")
    return unit


def units_named(lines: str) -> list[str]:
    """Units as they are pasted, one a line; one named twice is one. Raises Invalid."""
    units = list(dict.fromkeys(unit_named(line) for line in lines.splitlines() if line.strip()))
    if not units:
        raise Invalid("请写上单位，一行一个。")
    if len(units) > UNITS_LIMIT:
        raise Invalid(f"一次最多 {UNITS_LIMIT} 个单位，请分几次来。")
    return units


def _numbered(kind: re.Pattern[str], fields: Mapping[str, str]) -> list[tuple[int, str]]:
    return [(int(found[1]), value) for name, value in fields.items() if (found := kind.fullmatch(name))]
