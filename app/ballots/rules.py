"""Rounds: how they are put together, which state follows which, what may still be changed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from app.ballots import types
from app.ballots.choices import CANDIDATES_LIMIT
from app.ballots.electorate import FOLLOWERS, Electorate
from app.conversation.parsers import clean
from app.errors import Conflict, Forbidden, Invalid
from models.enums import RoundState, Turnout

TITLE_LIMIT = 60  # characters
OPINION_LIMIT = 500
CHANGES_LIMIT = 50  # ballots of one voter in one round: nobody changes their mind that often, a script does

STATE_TITLES: Mapping[RoundState, str] = MappingProxyType(
    {
        RoundState.DRAFT: "还没开始",
        RoundState.OPEN: "正在投票",
        RoundState.CLOSED: "已截止，待确认",
        RoundState.CONFIRMED: "已确认，待公布",
        RoundState.PUBLISHED: "已公布",
    }
)
TURNOUT_TITLES: Mapping[Turnout, str] = MappingProxyType(
    {
        Turnout.NOBODY: "截止前谁也看不到",
        Turnout.OPERATORS: "截止前只有工作人员看得到",
        Turnout.EVERYONE: "投票页上随时看得到",
    }
)
STRICTEST_FIRST = tuple(Turnout)


class WrongState(Conflict):
    """The round is not where this could be done."""

    code = "wrong_round_state"


class Sealed(Forbidden):
    """Nobody learns before the close what was voted for."""

    code = "sealed"


@dataclass(frozen=True)
class RoundText:
    """What a round is put together of; `candidates` are ids."""

    title: str
    candidates: tuple[int, ...]
    min_choices: int
    max_choices: int
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    ballot_type: str = "approval"
    electorate: Electorate = FOLLOWERS
    turnout: Turnout = Turnout.OPERATORS


def check(text: RoundText) -> None:
    """Raises Invalid saying what is missing or does not fit."""
    types.by_key(text.ballot_type)
    size = len(text.candidates)
    problems = [
        sentence
        for wrong, sentence in (
            (not 0 < len(clean(text.title)) <= TITLE_LIMIT, f"请给这一轮投票起个名字，最多 {TITLE_LIMIT} 个字"),
            (not size, "请选候选项目"),
            (size != len(set(text.candidates)), "有候选项目选了两次"),
            (size > CANDIDATES_LIMIT, f"一轮最多 {CANDIDATES_LIMIT} 个候选项目，现在有 {size} 个"),
            (text.min_choices < 0, "至少选几项不能是负数"),
            (text.max_choices < 1, "最多选几项要从 1 开始"),
            (text.min_choices > text.max_choices, "至少选的项数比最多选的还多"),
            (text.max_choices > max(size, 1), f"最多选 {text.max_choices} 项，可候选项目只有 {size} 个"),
            (_ends_too_early(text), "截止时间要晚于开始时间"),
        )
        if wrong
    ]
    if problems:
        raise Invalid("；".join(problems) + "。")


def state_at(
    stored: RoundState,
    *,
    released: bool,
    opens_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
) -> RoundState:
    """The state at `now`: the clock opens what was released, and closes, before anybody has written it down."""
    begun = stored is RoundState.DRAFT and released and opens_at is not None and opens_at <= now
    state = RoundState.OPEN if begun else stored
    if state is RoundState.OPEN and closes_at is not None and closes_at <= now:
        return RoundState.CLOSED
    return state


def require(state: RoundState, wanted: RoundState, deed: str) -> None:
    """Raises WrongState; `deed` is a Chinese verb."""
    if state is not wanted:
        raise WrongState(f"这一轮投票{STATE_TITLES[state]}，不能{deed}。")


def refuse_loosening(before: Turnout, after: Turnout) -> None:
    """Once a round is open, secrecy only grows. Raises Conflict."""
    if STRICTEST_FIRST.index(after) > STRICTEST_FIRST.index(before):
        raise WrongState("投票已经开始，保密的规定只能收紧，不能放宽。")


def missing(wanted: Sequence[int], found: Mapping[int, object]) -> list[int]:
    return [each for each in wanted if each not in found]


def _ends_too_early(text: RoundText) -> bool:
    return text.opens_at is not None and text.closes_at is not None and text.closes_at <= text.opens_at
