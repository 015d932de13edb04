"""Ballots on paper: what a scan number may be, how marks are typed, who enters when. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.ballots.choices import Choices, Slip, Stance
from app.ballots.types.ballot_type import BallotType, refuse_strangers
from app.errors import Forbidden, Invalid
from models.enums import PaperState

Scan = str
Marked = Callable[[BallotType, Slip], Choices]

SCAN = re.compile(r"[0-9A-Z](?:[0-9A-Z-]{0,38}[0-9A-Z])?")
DASHES = re.compile("[‐-―−－]")
NUMBER = re.compile(r"[0-9]{1,4}")
BETWEEN = re.compile(r"[\s,，、.。;；+/]+")
AT_WORK = (PaperState.ONCE, PaperState.DIFFERS)
STATE_TITLES: Mapping[PaperState, str] = MappingProxyType(
    {
        PaperState.ONCE: "等另一位同事录第二遍",
        PaperState.CAST: "录好了，已计票",
        PaperState.DIFFERS: "两遍录的不一样",
        PaperState.DROPPED: "没有计票",
    }
)


def scan_of(said: str) -> Scan:
    """One spelling of the number on a paper. Raises Invalid."""
    scan = DASHES.sub("-", "".join(unicodedata.normalize("NFKC", said).split())).upper()
    if not SCAN.fullmatch(scan):
        raise Invalid("请写这张纸上的扫描号，用数字或字母，最多 40 位，例如 0012。")
    return scan


def stances(given: Mapping[int, Stance]) -> Marked:
    """Marks that are known by number."""
    return lambda type, slip: type.checked(slip, given)


def typed(approved: str, refused: str) -> Marked:
    """Marks as somebody types their numbers; the candidates not named got none. Raises Invalid."""
    chosen, against = _numbers(approved), _numbers(refused)

    def marked(type: BallotType, slip: Slip) -> Choices:
        refuse_strangers(slip, [*chosen, *against])
        named = dict.fromkeys(chosen, Stance.FOR) | dict.fromkeys(against, Stance.AGAINST)
        return type.checked(slip, dict.fromkeys(slip.numbers, Stance.NONE) | named)

    return marked


def refuse_second_by_first(state: PaperState, scan: Scan) -> None:
    """Raises Forbidden. Where the entries differ the first may begin anew."""
    if state is PaperState.ONCE:
        raise Forbidden(
            f"扫描号 {scan} 的第一遍是您录的，第二遍要由另一位同事来录。录错了的，可以先作废，再重新录。"
        )


def _numbers(said: str) -> list[int]:
    words = [word for word in BETWEEN.split(unicodedata.normalize("NFKC", said)) if word]
    if wrong := [word for word in words if not NUMBER.fullmatch(word)]:
        raise Invalid(f"“{wrong[0][:20]}”不是号码。号码之间空一格，例如 1 3 5。")
    return [int(word) for word in words]
