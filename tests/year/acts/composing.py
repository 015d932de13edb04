"""Twenty candidates are made of what was shortlisted; each says where it came from."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any
from unicodedata import category

from tests.year.calendar import CANDIDATES
from tests.year.office import OWNER, PLANNER
from tests.year.show import CAMPAIGN, Show, related

ON_BALLOT = 20
DEPARTMENTS = ("权益保障部", "宣传教育部", "女职工部", "基层工作部", "职工服务中心")
COSTS = ("全年测算 8 万元", "全年测算 15 万元", "利用现有场地，另加 3 万元", "与社会机构合办，全年 20 万元")


async def play(show: Show) -> None:
    await show.stage.go_to(CANDIDATES)
    found = {one["number"]: one for one in await show.office.all(OWNER, "/proposals", status="shortlisted")}
    assert sorted(found) == sorted(show.tale.shortlisted)
    groups = _groups(show, found)
    departments, costs = cycle(DEPARTMENTS), cycle(COSTS)
    for place, numbers in enumerate(groups):
        text = _text(found[numbers[0]], next(departments), next(costs), place)
        await show.office.does(PLANNER, "/candidates", campaign=CAMPAIGN, proposals=numbers, **text)
    made = (await show.office.asks(PLANNER, "/candidates", campaign=CAMPAIGN))["items"]
    order = [one["id"] for one in sorted(made, key=lambda one: str(one["category"]))]
    shown = await show.office.does(PLANNER, "/candidate-order", campaign=CAMPAIGN, candidates=order)
    show.tale.candidates = shown["items"]
    _look_around(show)
    show.tell(f"{len(order)} 个候选项目，每个都写着由哪些提案而来")


def _groups(show: Show, found: Mapping[str, Any]) -> list[list[str]]:
    """What is about the same thing without being the same goes into one candidate."""
    groups = {number: [number] for number in show.tale.shortlisted}
    for first, other in related(show.tale):
        if first in groups and other in groups and found[first]["category"] == found[other]["category"]:
            groups[first] += groups.pop(other)
    return list(groups.values())[:ON_BALLOT]


def _text(leading: Mapping[str, Any], department: str, cost: str, place: int) -> dict[str, Any]:
    return {
        "title": _tidy(leading["title"]),
        "summary": leading["summary"],
        "expected_outcome": leading["expected_outcome"],
        "category": leading["category"],
        "department": department,
        "cost": cost,
        "indicators": [
            {"title": "服务职工", "target": f"{(place % 5 + 1) * 400} 人次"},
            {"title": "覆盖街道", "target": f"{place % 6 + 6} 个"},
        ],
        "maturity": "mature" if place % 2 else "new",
    }


def _tidy(title: str) -> str:
    """As an office writes it: without the little pictures that people put behind."""
    return "".join(letter for letter in title if category(letter) != "So").strip()


def _look_around(show: Show) -> None:
    """The lineage of each: the proposals, and beneath them those they were merged with."""
    for one in show.tale.candidates:
        assert one["number"] is None, "numbers are given when they are frozen"
        assert not one["frozen"]
        shown = {
            origin["number"]: sorted(below["number"] for below in origin["merged"]) for origin in one["lineage"]
        }
        assert shown == {number: show.tale.families.get(number, []) for number in one["proposals"]}


def grown_from(tale_families: Mapping[str, Sequence[str]], candidate: Mapping[str, Any]) -> list[str]:
    """All proposals a candidate came from, what was merged included."""
    return sorted(number for first in candidate["proposals"] for number in (first, *tale_families.get(first, ())))
