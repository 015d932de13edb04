"""A form as it was read, and what is wrong with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["union", "department"]
Status = Literal["import", "needs_correction", "reject"]

KINDS: tuple[Kind, ...] = ("union", "department")
FIELDS = ("organisation", "title", "summary", "expected_outcome", "evaluation", "filler", "phone", "date")
LONG = frozenset({"summary", "expected_outcome", "evaluation"})
NAMES: Mapping[str, str] = {
    "organisation": "推荐单位",
    "title": "实事项目名称",
    "summary": "简介",
    "expected_outcome": "预期目标或成效",
    "evaluation": "对上年度实事项目评估",
    "filler": "填表人",
    "phone": "联系电话",
    "date": "填表日期",
}


@dataclass(frozen=True)
class Problem:
    """`message` is for people; `code` for machines; `place` where in the file, in words."""

    code: str
    message: str
    place: str


@dataclass(frozen=True)
class FormRead:
    """One project of a form. A value that is empty is None; a date that could be read is ISO, another as written.

    `places` has where each value, or its empty field, stands.
    """

    kind: Kind
    values: Mapping[str, str | None]
    places: Mapping[str, str] = field(default_factory=dict)

    def place(self, name: str) -> str:
        """Where `name` stands; of a field that is not there at all, where the form begins."""
        return self.places.get(name) or next(iter(self.places.values()), "整份文件")


@dataclass(frozen=True)
class FileRead:
    """One file. `problems` are the file's and its forms'; `original` is None where it need not be kept."""

    name: str
    digest: str
    forms: Sequence[FormRead] = ()
    problems: Sequence[Problem] = ()
    original: bytes | None = None

    @property
    def status(self) -> Status:
        if not self.forms:
            return "reject"
        return "needs_correction" if self.problems else "import"


def as_json(forms: Sequence[FormRead], problems: Sequence[Problem]) -> dict[str, Any]:
    """What was read of one file, as it travels between processes and to the preview and back."""
    return {
        "forms": [{"kind": one.kind, "values": dict(one.values), "places": dict(one.places)} for one in forms],
        "problems": [vars(problem) for problem in problems],
    }


def from_json(said: Mapping[str, Any]) -> tuple[list[FormRead], list[Problem]]:
    forms = [FormRead(one["kind"], one["values"], one["places"]) for one in said["forms"]]
    return forms, [Problem(**problem) for problem in said["problems"]]
