"""The account's menu in each phase: what matters now comes first. Pure."""

from typing import Any

from models.enums import PhaseKind

NAMES = {
    "PROPOSE": "我要提案",
    "MY_PROPOSALS": "我的提案",
    "VOTE": "投票",
    "RESULTS": "结果公布",
    "HELP": "帮助",
}
MORE = "更多"

FIRST = {
    PhaseKind.UPCOMING: ("PROPOSE", "HELP"),
    PhaseKind.COLLECTING: ("PROPOSE", "MY_PROPOSALS"),
    PhaseKind.SCREENING: ("MY_PROPOSALS", "HELP"),
    PhaseKind.OPINION: ("VOTE", "MY_PROPOSALS"),
    PhaseKind.PUBLISHED: ("RESULTS", "MY_PROPOSALS"),
}


def menu_for(phase: PhaseKind) -> list[dict[str, Any]]:
    """The buttons as the platform takes them: two of this phase, the others behind a third."""
    first = FIRST[phase]
    rest = [key for key in NAMES if key not in first]
    return [*map(_button, first), {"name": MORE, "sub_button": [_button(key) for key in rest]}]


def _button(key: str) -> dict[str, Any]:
    return {"type": "click", "name": NAMES[key], "key": key}
