"""Who a broadcast is for, as it is written down. An empty selection is nobody. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from app.errors import Invalid

Kind = Literal["all", "tag", "unit", "proposers", "not_voted", "openids"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LIST_LIMIT = 10_000


class BadAudience(Invalid):
    code = "bad_audience"


@dataclass(frozen=True)
class Audience:
    """`value`: a tag's or round's id, a unit's name, a list of openids; True where the kind says it all."""

    kind: Kind
    value: Any = True

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "Audience":
        """Of {"all": true}, {"tag": …}, {"unit": …}, {"proposers": true}, {"not_voted": …} or {"openids": […]}.

        Raises BadAudience.
        """
        if len(written) != 1 or (kind := next(iter(written))) not in KINDS:
            raise BadAudience(f"发给谁要写一种，可以用：{'、'.join(KINDS)}。")
        value = written[kind]
        if not _GOOD[kind](value):
            raise BadAudience(f"发给谁里的 {kind} 写得不对。")
        return cls(kind, list(dict.fromkeys(value)) if kind == "openids" else value)

    def to_json(self) -> dict[str, Any]:
        return {self.kind: self.value}

    def told(self) -> str:
        """In a few words, without a person in them."""
        match self.kind:
            case "all":
                return "全部关注者"
            case "tag":
                return f"有 {self.value} 号标签的关注者"
            case "unit":
                return f"{self.value}的职工"
            case "proposers":
                return "提过提案的职工"
            case "not_voted":
                return f"第 {self.value} 号投票里还没有投票的职工"
            case "openids":
                return f"名单上的 {len(self.value)} 人"


def _is_true(value: object) -> bool:
    return value is True


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and 0 < len(value) < 10


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 200 and "\0" not in value


def _is_list(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= LIST_LIMIT
        and all(
            isinstance(one, str) and 0 < len(one) <= 64 and one.isascii() and one.isprintable() for one in value
        )
    )


_GOOD = {
    "all": _is_true,
    "tag": _is_id,
    "unit": _is_name,
    "proposers": _is_true,
    "not_voted": _is_id,
    "openids": _is_list,
}
