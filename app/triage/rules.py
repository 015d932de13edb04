"""What a complete card is, who may assess, what cards come to, which decision may follow. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from types import MappingProxyType

from app.campaigns.definition import Criterion
from app.conversation.parsers import clean, compact
from app.errors import Invalid
from app.operators.reasons import LONGEST, clean_reason
from app.operators.rules import Power
from models.enums import Conclusion, DecisionKind, ProposalStatus

ASSESSMENTS_NEEDED = 2
LOWEST, HIGHEST = 1, 5
REASON_TOLD = 400  # characters of a reason that its author reads: it has to fit into one message
WIDE = 2  # a spread from here on is worth talking about

CONCLUSION_TITLES: Mapping[Conclusion, str] = MappingProxyType(
    {Conclusion.RECOMMEND: "推荐", Conclusion.HOLD: "再议", Conclusion.DECLINE: "不推荐"}
)
DECISION_TITLES: Mapping[DecisionKind, str] = MappingProxyType(
    {DecisionKind.RETURN: "请补充", DecisionKind.REJECT: "不采纳", DecisionKind.SHORTLIST: "入选"}
)
POWER_FOR: Mapping[DecisionKind, Power] = MappingProxyType(
    {
        DecisionKind.RETURN: Power.RETURN,
        DecisionKind.REJECT: Power.DECIDE,
        DecisionKind.SHORTLIST: Power.DECIDE,
    }
)
STATUS_AFTER: Mapping[DecisionKind, ProposalStatus] = MappingProxyType(
    {
        DecisionKind.RETURN: ProposalStatus.RETURNED,
        DecisionKind.REJECT: ProposalStatus.REJECTED,
        DecisionKind.SHORTLIST: ProposalStatus.SHORTLISTED,
    }
)
OPEN = frozenset({ProposalStatus.SUBMITTED, ProposalStatus.RETURNED})
DECIDABLE: Mapping[DecisionKind, frozenset[ProposalStatus]] = MappingProxyType(
    {
        DecisionKind.RETURN: OPEN | {ProposalStatus.SHORTLISTED},
        DecisionKind.REJECT: OPEN | {ProposalStatus.SHORTLISTED},
        DecisionKind.SHORTLIST: OPEN,
    }
)
STANDING: Mapping[ProposalStatus, str] = MappingProxyType(
    {
        ProposalStatus.SUBMITTED: "还在办理",
        ProposalStatus.RETURNED: "正在等提案人补充",
        ProposalStatus.REJECTED: "已经答复不采纳（可以提请再看一次）",
        ProposalStatus.SHORTLISTED: "已经入选",
        ProposalStatus.MERGED: "已经合并到别的提案",
        ProposalStatus.WITHDRAWN: "已经由提案人撤回",
    }
)
MERGEABLE = OPEN | {ProposalStatus.SHORTLISTED}


class IncompleteCard(Invalid):
    """`problems` says for the key of each criterion what is missing; the key "conclusion" is the advice."""

    code = "incomplete_card"

    def __init__(self, message: str, problems: Mapping[str, str]) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class Card:
    """What one reviewer found: by the key of each criterion a score from 1 to 5 and a reason."""

    scores: Mapping[str, int]
    reasons: Mapping[str, str]
    conclusion: Conclusion


@dataclass(frozen=True)
class Result:
    """What the cards come to for one criterion. `spread` is the highest score less the lowest."""

    criterion: Criterion
    scores: tuple[int, ...]

    @property
    def mean(self) -> float | None:
        return round(mean(self.scores), 2) if self.scores else None

    @property
    def spread(self) -> int | None:
        return max(self.scores) - min(self.scores) if self.scores else None

    @property
    def is_wide(self) -> bool:
        return (self.spread or 0) >= WIDE


def complete(criteria: Sequence[Criterion], card: Card) -> Card:
    """The card as it is kept. Raises IncompleteCard naming every line that is missing or wrong."""
    known = {criterion.key: criterion.title for criterion in criteria}
    reasons = {key: clean(reason) for key, reason in card.reasons.items()}
    problems = dict.fromkeys((card.scores.keys() | reasons.keys()) - known.keys(), "没有这一条标准")
    for key in known:
        if problem := _problem(card.scores.get(key), reasons.get(key, "")):
            problems[key] = problem
    if problems:
        told = "；".join(f"{known.get(key, key)}：{problem}" for key, problem in problems.items())
        raise IncompleteCard(f"评审表还没有填好。{told}。", problems)
    return Card(
        scores={key: card.scores[key] for key in known},
        reasons={key: reasons[key] for key in known},
        conclusion=card.conclusion,
    )


def results(criteria: Sequence[Criterion], cards: Sequence[Card]) -> tuple[Result, ...]:
    return tuple(
        Result(criterion, tuple(card.scores[criterion.key] for card in cards if criterion.key in card.scores))
        for criterion in criteria
    )


def needed(second_looks: int, before: int) -> int:
    """How many cards by different reviewers there must be before a proposal can be shortlisted.

    `before` counts those that were in when the last second look was asked for: it takes one more.
    """
    return before + 1 if second_looks else ASSESSMENTS_NEEDED


def sees_others(given: int, needed: int, *, own: bool, may_assess: bool) -> bool:
    """Whether somebody may see other people's cards: reviewers are blind to one another until all are in.

    Whoever takes the second look is blind to the first as long as the own card is not in.
    """
    if given >= needed:
        return True
    return given >= ASSESSMENTS_NEEDED and (own or not may_assess)


def is_own_unit(operators: str | None, proposers: str | None) -> bool:
    """Whether the two name one unit, however fully each is written."""
    mine, theirs = compact(operators or ""), compact(proposers or "")
    if min(len(mine), len(theirs)) < 3:
        return bool(mine) and mine == theirs
    return mine in theirs or theirs in mine


def reason_to_tell(reason: str) -> str:
    """Raises Invalid for a reason that is missing or too long for the message its author gets."""
    reason = clean_reason(reason)
    if len(reason) > REASON_TOLD:
        raise Invalid(f"写给提案人的话最多 {REASON_TOLD} 个字，现在有 {len(reason)} 个。")
    return reason


def told_reason(reason: str, ground: str | None) -> str:
    """What the author reads as the reason: the sentence of the list first."""
    return f"{ground.rstrip('。')}。{reason}" if ground else reason


def joined(numbers: Collection[str]) -> str:
    """Numbers in a sentence: the first few, and how many there are."""
    shown = sorted(numbers)[:5]
    return "、".join(shown) + (f"等 {len(numbers)} 份" if len(numbers) > len(shown) else "")


def _problem(score: int | None, reason: str) -> str:
    if score is None:
        return "还没有打分"
    if not LOWEST <= score <= HIGHEST:
        return f"分数要在 {LOWEST} 到 {HIGHEST} 之间"
    if not reason:
        return "请写一句理由"
    return f"理由最多 {LONGEST} 个字" if len(reason) > LONGEST else ""
