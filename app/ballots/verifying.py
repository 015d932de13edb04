"""Checking an archive: needs the file alone, trusts nothing in it, and names the line that is wrong. Pure.

What it shows: every line stands where it stood when the last hash was made public; each ballot that was cast is
counted once, or was replaced by a later one of the same voter, or made invalid for a reason that is told; as many
choices are counted as ballots count; the choices make up the result. What it cannot show, by design: which choices
belong to which receipt.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.ballots import types
from app.ballots.choices import Slip, Stance, pack
from app.ballots.lines import GENESIS, link, written
from app.ballots.manifest import VERSION
from app.ballots.tally import Tally, tally
from app.ballots.types.ballot_type import BallotType
from app.errors import ShishiError
from models.enums import InvalidReason

RECEIPT = re.compile(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}")
NO_SLIP = Slip((), 0, 0)
DIGEST = re.compile(r"[0-9a-f]{64}")


class Wrong(ShishiError):
    """`line` is from 1; 0 where it is the whole that is wrong."""

    code = "archive_wrong"

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"第 {line} 行：{what}" if line else what)
        self.line = line


@dataclass(frozen=True)
class Verdict:
    """An archive that is whole. `cast` are all ballots, those replaced by later ones or made invalid included."""

    title: str
    cast: int
    invalid: dict[InvalidReason, int]
    tally: Tally
    titles: dict[int, str]
    box_head: str
    head: str


@dataclass
class _Reading:
    """What was read so far. `replaced` are numbers of ballots that count no more."""

    head: str = GENESIS
    number: int = 0
    title: str = ""
    titles: dict[int, str] = field(default_factory=dict)
    seed: str = ""
    type: BallotType | None = None
    slip: Slip = NO_SLIP
    receipts: set[str] = field(default_factory=set)
    replaced: set[int] = field(default_factory=set)
    invalid: dict[int, InvalidReason] = field(default_factory=dict)
    box_head: str = ""
    choices: list[bytes] = field(default_factory=list)
    tally: Tally | None = None


def verify(lines: Iterable[str], head: str = "") -> Verdict:
    """Read the archive and check all of it; `head` is what was made public, if it is at hand. Raises Wrong."""
    reading = _Reading()
    for number, text in enumerate(lines, start=1):
        reading.number = number
        _take(reading, _parsed(reading, text))
    if reading.tally is None:
        raise Wrong(0, "档案不完整：后面少了内容，没有看到最后的计票结果。")
    given = head.strip().lower()
    if given and given == reading.box_head:
        raise Wrong(0, "您给的是票箱的校验值，它只管到选票，管不到计票结果。请用公布的“档案的校验值”再核对一次。")
    if given and given != reading.head:
        raise Wrong(0, f"档案前后连得上，可是和公布的校验值对不上：这份档案是 {reading.head}。")
    return Verdict(
        title=reading.title,
        cast=len(reading.receipts),
        invalid=dict(Counter(reading.invalid.values())),
        tally=reading.tally,
        titles=reading.titles,
        box_head=reading.box_head,
        head=reading.head,
    )


def _parsed(reading: _Reading, text: str) -> dict[str, Any]:
    """The line without its hash, which is right and in its place."""
    try:
        line = json.loads(text)
        found = line.pop("hash")
        same = written(line, found) == text
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Wrong(reading.number, "不是档案里的一行，可能被改过。") from None
    if not same or link(reading.head, line) != found:
        raise Wrong(reading.number, "这一行被改过，或者它前面少了、多了、换了位置。")
    reading.head = found
    return dict(line)


def _take(reading: _Reading, line: dict[str, Any]) -> None:
    """One line, by what it tells of."""
    if reading.tally is not None:
        raise Wrong(reading.number, "计票结果后面不该再有内容。")
    try:
        if reading.type is None:
            _take_fixed(reading, line)
        elif line.keys() == {"ballot", "receipt", "replaces", "commitment"}:
            _take_ballot(reading, **line)
        elif line.keys() == {"invalid", "reason"}:
            _take_invalid(reading, line["invalid"], line["reason"])
        elif line.keys() == {"for", "against"}:
            _take_choices(reading, line["for"], line["against"])
        elif line.keys() == {"tally"}:
            _take_tally(reading, line["tally"])
        else:
            raise Wrong(reading.number, "不认识这样的一行。")
    except (TypeError, KeyError, ValueError, AttributeError):
        raise Wrong(reading.number, "这一行的内容不对。") from None


def _take_fixed(reading: _Reading, line: dict[str, Any]) -> None:
    if line.get("archive") != VERSION:
        raise Wrong(reading.number, "第一行不是投票档案的开头，或者是别的版本的档案。")
    titles = {each["number"]: each["title"] for each in line["candidates"]}
    numbers, fewest, most = tuple(titles), line["min_choices"], line["max_choices"]
    if not all(type(number) is int for number in (*numbers, fewest, most)):
        raise ValueError
    if not all(isinstance(words, str) for words in (line["title"], line["seed"], *titles.values())):
        raise ValueError
    if not numbers or list(numbers) != sorted(numbers) or len(numbers) != len(line["candidates"]):
        raise Wrong(reading.number, "候选项目的号码不对。")
    if line["ballot_type"] not in types.TYPES:
        raise Wrong(reading.number, "不认识这样的选票，请用新一些的程序核对。")
    reading.type, reading.slip = types.by_key(line["ballot_type"]), Slip(numbers, fewest, most)
    reading.title, reading.titles, reading.seed = line["title"], titles, line["seed"]
    reading.box_head = reading.head


def _take_ballot(reading: _Reading, ballot: int, receipt: str, replaces: int | None, commitment: str) -> None:
    if reading.choices or reading.invalid:
        raise Wrong(reading.number, "选票应该都在作废的和选择的前面。")
    if ballot != len(reading.receipts) + 1:
        raise Wrong(reading.number, "选票的序号不连续。")
    if not RECEIPT.fullmatch(receipt) or receipt in reading.receipts or not DIGEST.fullmatch(commitment):
        raise Wrong(reading.number, "凭证号不对，或者出现了两次。")
    if replaces is not None and (not 0 < replaces < ballot or replaces in reading.replaced):
        raise Wrong(reading.number, "它说改的那张选票不在前面，或者已经改过了。")
    if replaces is not None:
        reading.replaced.add(replaces)
    reading.receipts.add(receipt)
    reading.box_head = reading.head


def _take_invalid(reading: _Reading, seq: int, reason: str) -> None:
    if reading.choices:
        raise Wrong(reading.number, "作废的选票应该都在选择的前面。")
    if type(seq) is not int or not 0 < seq <= len(reading.receipts) or seq in reading.replaced:
        raise Wrong(reading.number, "它说作废的那张选票不在前面，或者本来就改过、不算了。")
    if reading.invalid and seq <= next(reversed(reading.invalid)):
        raise Wrong(reading.number, "作废的选票应该按序号排好，每张只写一次。")
    if reason not in tuple(InvalidReason):
        raise Wrong(reading.number, "不认识这样的作废原因。")
    reading.invalid[seq] = InvalidReason(reason)


def _take_choices(reading: _Reading, chosen: list[int], refused: list[int]) -> None:
    assert reading.type is not None
    stances = dict.fromkeys(chosen, Stance.FOR) | dict.fromkeys(refused, Stance.AGAINST)
    if len(stances) != len(chosen) + len(refused):
        raise Wrong(reading.number, "同一个项目出现了两次。")
    named = {number: stances.get(number, Stance.NONE) for number in {*reading.slip.numbers, *stances}}
    try:
        packed = pack(reading.type.checked(reading.slip, named))
    except ShishiError as refusal:
        raise Wrong(reading.number, f"不是一张有效的选票：{refusal.message}") from None
    if reading.choices and packed < reading.choices[-1]:
        raise Wrong(reading.number, "选择应该从小到大排好，这样才看不出是谁投的。")
    reading.choices.append(packed)


def _take_tally(reading: _Reading, told: dict[str, Any]) -> None:
    counting = len(reading.receipts) - len(reading.replaced) - len(reading.invalid)
    if counting != len(reading.choices):
        raise Wrong(reading.number, f"有效选票 {counting} 张，选择却有 {len(reading.choices)} 份，数目对不上。")
    counted = tally(b"".join(reading.choices), reading.slip, reading.seed)
    if counted.to_json() != told:
        raise Wrong(reading.number, "重新计票，和写着的结果不一样。")
    reading.tally = counted
