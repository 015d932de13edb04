"""Reading a table of a campaign file: typed values, and a note of everything that is wrong. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from app.campaigns.places import Path

T = TypeVar("T")

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass
class Notes:
    """What is wrong so far: where, and a sentence about it. `zone` is what dates without an offset mean."""

    zone: ZoneInfo
    found: list[tuple[Path, str]] = field(default_factory=list)

    def add(self, path: Path, sentence: str) -> None:
        self.found.append((path, sentence))


class Table:
    """One table. Whatever is missing or of the wrong type is noted and replaced by an empty value.

    So reading goes on to the end and finds every mistake; what was read counts only without notes.
    """

    def __init__(self, values: Mapping[str, Any], path: Path, notes: Notes) -> None:
        self._values = values
        self._path = path
        self._notes = notes
        self._asked: set[str] = set()
        self._children: list[Table] = []

    def note(self, key: str, sentence: str) -> None:
        self._notes.add((*self._path, key), sentence)

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def text(self, key: str, *, longest: int = 2000, optional: bool = False) -> str:
        sentence = f"要写成带引号的文字，不能空着，最多{longest}个字"
        return self._read(key, lambda value: _is_text(value, longest), sentence, "", optional=optional)

    def key(self, key: str) -> str:
        """A short English name that other things refer to."""
        sentence = "要写成带引号的小写英文字母、数字、短横或下划线，最多40个字符"
        return self._read(key, _is_key, sentence, "")

    def whole(self, key: str) -> int:
        return self._read(key, lambda value: type(value) is int and value > 0, "要写成大于0的整数", 0)

    def number(self, key: str) -> int | float:
        return self._read(key, _is_number, "要写成数字，不带引号，不小于0", 0)

    def flag(self, key: str) -> bool:
        return self._read(key, lambda value: isinstance(value, bool), "要写成 true 或 false，不带引号", False)

    def moment(self, key: str) -> datetime | None:
        """A date, or a date and time; None is what could not be read."""
        sentence = "要写成日期和时间，不带引号，例如 2017-11-30T00:00:00"
        nothing: date | None = None
        value = self._read(key, lambda value: isinstance(value, date), sentence, nothing)
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return moment if moment.tzinfo else moment.replace(tzinfo=self._notes.zone)

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        return self._read(key, allowed.__contains__, f"只能是 {'、'.join(allowed)} 之一", allowed[0])

    def texts(self, key: str) -> tuple[str, ...]:
        empty: list[str] = []
        return tuple(self._read(key, _is_texts, "要写成方括号里的一串文字，例如 ['甲', '乙']", empty))

    def table(self, key: str) -> "Table":
        nothing: dict[str, Any] | None = None
        values = self._read(key, lambda value: isinstance(value, dict), "要写成一个表", nothing)
        return self._child((*self._path, key), values)

    def tables(self, key: str, *, optional: bool = False) -> "list[Table]":
        """The elements of an array of tables."""
        empty: list[Any] = []
        sentence = "要写成一组表，至少有一个"
        elements = self._read(
            key, lambda value: isinstance(value, list) and value != [], sentence, empty, optional=optional
        )
        return [self._element(key, number, value) for number, value in enumerate(elements)]

    def note_strangers(self) -> None:
        """Note the keys that stand in the file and that nobody asked for, here and below."""
        for key in self._values.keys() - self._asked:
            near = get_close_matches(key, self._asked, n=1)
            self.note(key, f"不认识 {key}" + (f"，是不是想写 {near[0]}" if near else ""))
        for child in self._children:
            child.note_strangers()

    def _read(
        self, key: str, is_right: Callable[[Any], bool], otherwise: str, empty: T, *, optional: bool = False
    ) -> T:
        if not self.has(key):
            if not optional:
                self._notes.add(self._path, f"缺少 {key}")
            return empty
        value = self._values[key]
        if is_right(value):
            return cast(T, value)
        self.note(key, f"{key} {otherwise}")
        return empty

    def _element(self, key: str, number: int, value: Any) -> "Table":
        path = (*self._path, key, number)
        if isinstance(value, dict):
            return self._child(path, value)
        self._notes.add(path, f"{key} 里的每一项都要写成表")
        return self._child(path, None)

    def _child(self, path: Path, values: dict[str, Any] | None) -> "Table":
        """A table below; what is wrong with one that is not there was said already."""
        notes = self._notes if values is not None else Notes(self._notes.zone)
        child = Table(values or {}, path, notes)
        self._children.append(child)
        return child


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= longest and not UNPRINTABLE.search(value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(_is_text(one, 200) for one in value)


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and KEY.fullmatch(value) is not None


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < float("inf")
