"""Rows of a register: card numbers and names brought to one spelling, and what is wrong with a row. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.conversation.parsers import clean, compact
from app.errors import Invalid

CARD_HEADINGS = (
    *("会员卡号", "工会会员卡号", "会员卡", "会员证号", "会员号", "会员编号", "卡号"),
    *("工号", "职工号", "员工号", "职工编号", "手机号", "手机号码", "手机"),
)
NAME_HEADINGS = ("姓名", "会员姓名", "职工姓名", "名字")
UNIT_HEADINGS = ("单位", "单位名称", "所在单位", "工作单位", "所属单位", "基层工会", "工会名称", "部门")
HINT = re.compile(r"\([^)]*\)?|[*:]")
HEADING_WITHIN = 20  # rows: a title and a note may stand above

CARD_LIMIT, NAME_LIMIT, UNIT_LIMIT = 40, 40, 100
# Blanks, marks nobody sees, and what spreadsheets put around a number so that it stays text.
NOT_OF_A_CARD = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff'\"=`‘’“”]+")
DASHES = re.compile("[‐-―−－]")
DOTS = re.compile("[·•‧・･∙⋅.]")
# A spreadsheet keeps fifteen digits of a number: the card's others are gone.
ROUNDED = re.compile(r"[0-9]+(\.[0-9]+)?[eE]\+[0-9]+|[0-9]{16,}\.0")

NO_HEADINGS = (
    "没有找到表头。请在第一行写上“会员卡号”（也可以是卡号、工号或手机号）和“姓名”，有单位的再加一列“单位”。"
)
ROUNDED_CARD = "卡号被表格当成数字改短了，后几位已经丢失。请把这一列设为“文本”格式，重新填写卡号"

Line = tuple[int, Sequence[str]]  # a row's number in the file, from 1, and its cells


class Entry(NamedTuple):
    """Who may vote, in one spelling."""

    card: str
    name: str
    unit: str | None = None


class RowProblem(NamedTuple):
    row: int
    message: str

    @property
    def sentence(self) -> str:
        return f"第 {self.row} 行：{self.message}。"


@dataclass(frozen=True)
class Roll:
    """What a file has. With problems nothing of it is imported."""

    entries: Sequence[Entry]
    problems: Sequence[RowProblem]


class Columns(NamedTuple):
    card: int
    name: int
    unit: int | None


def card_of(said: str) -> str:
    """One spelling of a card number: half width, capitals, no blanks, no zeros before a whole number."""
    card = DASHES.sub("-", NOT_OF_A_CARD.sub("", unicodedata.normalize("NFKC", said))).upper()
    return (card.lstrip("0") or "0") if card.isdecimal() else card


def name_of(said: str) -> str:
    """One spelling of a name, whatever the blanks and dots within it."""
    return DOTS.sub("·", NOT_OF_A_CARD.sub("", unicodedata.normalize("NFKC", said))).casefold()


def unit_of(said: str) -> str | None:
    return " ".join(clean(said).split()) or None


def entry_of(card: str, name: str, unit: str = "") -> Entry:
    """Raises Invalid saying what is missing or too long."""
    entry = Entry(card_of(card), name_of(name), unit_of(unit))
    if wrong := list(_wrong(card, entry)):
        raise Invalid(f"{'；'.join(wrong)}。")
    return entry


def columns_in(lines: Iterable[Line]) -> tuple[int, Columns] | None:
    """The number of the row of headings, and which column is what."""
    for number, cells in lines:
        headings = [HINT.sub("", compact(cell)) for cell in cells]
        card, name = _first(headings, CARD_HEADINGS), _first(headings, NAME_HEADINGS)
        if card is not None and name is not None:
            return number, Columns(card, name, _first(headings, UNIT_HEADINGS))
    return None


def read(lines: Sequence[Line]) -> Roll:
    """Raises Invalid for a file that is no register at all."""
    found = columns_in(lines[:HEADING_WITHIN])
    if found is None:
        raise Invalid(NO_HEADINGS)
    heading, columns = found
    rows = [line for line in lines if line[0] > heading and any(cell.strip() for cell in line[1])]
    if not rows:
        raise Invalid("名册里一个人也没有，表头下面是空的。")
    entries, problems, seen = [], [], dict[str, int]()
    for number, cells in rows:
        card, name, unit = (_cell(cells, column) for column in columns)
        entry = Entry(card_of(card), name_of(name), unit_of(unit))
        wrong = list(_wrong(card, entry))
        if entry.card and (first := seen.setdefault(entry.card, number)) != number:
            wrong.append(f"卡号和第 {first} 行的一样")
        problems += [RowProblem(number, each) for each in wrong]
        entries.append(entry)
    return Roll(entries, problems)


def _wrong(card: str, entry: Entry) -> Iterator[str]:
    if not entry.card:
        yield "没有写卡号"
    elif ROUNDED.fullmatch(unicodedata.normalize("NFKC", card).strip()):
        yield ROUNDED_CARD
    elif len(entry.card) > CARD_LIMIT or not any(character.isalnum() for character in entry.card):
        yield f"卡号看着不对，应该是字母或数字，最多 {CARD_LIMIT} 位"
    if not any(character.isalpha() for character in entry.name):
        yield "没有写姓名"
    elif len(entry.name) > NAME_LIMIT:
        yield f"姓名太长，最多 {NAME_LIMIT} 个字"
    if len(entry.unit or "") > UNIT_LIMIT:
        yield f"单位太长，最多 {UNIT_LIMIT} 个字"


def _first(headings: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((headings.index(each) for each in wanted if each in headings), None)


def _cell(cells: Sequence[str], column: int | None) -> str:
    return cells[column] if column is not None and column < len(cells) else ""
