"""What proposers are told when the year's projects are announced: one message, each proposal named. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from app.campaigns.definition import Definition
from app.outbox.rules import TEXT_LIMIT
from app.projects.rules import name_of_all
from app.wechat.speech import link, paragraphs, quoted

TITLE_SHOWN = 40  # characters
PROJECTS_SHOWN = 3  # of one proposal


class Fate(IntEnum):
    """What became of a proposal, the best first."""

    CHOSEN = 0
    CANDIDATE = 1
    LEFT = 2


@dataclass(frozen=True)
class Outcome:
    """Of one proposal. `projects` are (number, title) of what it grew into; `rank` among `of` candidates."""

    number: str
    title: str
    fate: Fate
    projects: tuple[tuple[int, str], ...] = ()
    rank: int = 0
    of: int = 0


def message(definition: Definition, count: int, outcomes: Sequence[Outcome], address: str) -> str:
    """To one person, of all their proposals; the best news first. It always fits into one message."""
    said = [_said(one) for one in sorted(outcomes, key=lambda one: (one.fate, one.number))]
    shown = len(said)
    while shown > 1 and len(_whole(definition, count, said, shown, outcomes, address).encode()) > TEXT_LIMIT:
        shown -= 1
    return _whole(definition, count, said, shown, outcomes, address)


def _whole(
    definition: Definition,
    count: int,
    said: Sequence[str],
    shown: int,
    outcomes: Sequence[Outcome],
    address: str,
) -> str:
    rest = len(said) - shown
    return paragraphs(
        f"您好！{name_of_all(definition)}定下来了，一共 {count} 项。",
        *said[:shown],
        f"您另外还有 {rest} 份提案，在“我的提案”里都看得到。" if rest else "",
        _thanks(outcomes),
        link(address, "看看这些实事项目"),
        f"有什么想问的，请找{definition.office.name}，电话 {definition.office.phone}。",
    )


def _said(one: Outcome) -> str:
    title = f"您提的《{quoted(one.title, TITLE_SHOWN)}》（{one.number}）"
    if one.fate is Fate.CHOSEN:
        named = [
            f"第 {number} 项《{quoted(name, TITLE_SHOWN)}》" for number, name in one.projects[:PROJECTS_SHOWN]
        ]
        return f"{title}写进了{'、'.join(named)}{'等' if len(one.projects) > len(named) else ''}。"
    if one.fate is Fate.CANDIDATE:
        return f"{title}进了候选，职工投票在 {one.of} 个候选项目里排第 {one.rank}，这次没有列进来。"
    return f"{title}这次没有进候选项目。"


def _thanks(outcomes: Sequence[Outcome]) -> str:
    if any(one.fate is Fate.CHOSEN for one in outcomes):
        return "谢谢您的好主意，接下来就要一件一件办起来了，请您一起看着。"
    return "谢谢您替大家操心，您的话我们都记下了。下一次征集，欢迎您再来。"
