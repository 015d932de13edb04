"""The criteria card as a form: its lines, what was typed into each, and what is wrong with it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType

from app.campaigns.definition import Criterion, CriterionKind
from app.triage import rules
from app.triage.rules import Card, IncompleteCard
from models.enums import Conclusion

GROUPS: Mapping[CriterionKind, str] = MappingProxyType(
    {"principle": "征集原则", "criterion": "候选标准", "requirement": "工作要求"}
)
SCORES = MappingProxyType({str(score): score for score in range(rules.LOWEST, rules.HIGHEST + 1)})
CONCLUSION = "conclusion"


@dataclass(frozen=True)
class Typed:
    """What stands in the form, by the key of each criterion."""

    scores: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    conclusion: str = ""


@dataclass(frozen=True)
class Line:
    criterion: Criterion
    score: str
    reason: str
    problem: str


def typed_of(card: Card) -> Typed:
    return Typed({key: str(score) for key, score in card.scores.items()}, card.reasons, card.conclusion)


def card_of(criteria: Sequence[Criterion], typed: Typed) -> Card:
    """Raises IncompleteCard, naming all that is missing at once."""
    concluded = typed.conclusion in set(Conclusion)
    card = Card(
        scores={key: SCORES[score] for key, score in typed.scores.items() if score in SCORES},
        reasons=typed.reasons,
        conclusion=Conclusion(typed.conclusion) if concluded else Conclusion.HOLD,
    )
    problems = {**_problems(criteria, card), **({} if concluded else {CONCLUSION: "请选一个结论"})}
    if problems:
        raise IncompleteCard(f"还有 {len(problems)} 处没有填好，填好的都替您留着。", problems)
    return card


def grouped(
    criteria: Sequence[Criterion], typed: Typed, problems: Mapping[str, str]
) -> list[tuple[str, list[Line]]]:
    """The lines under the headings of the notice."""
    return [
        (GROUPS[kind], list(_lines(among, typed, problems)))
        for kind, among in groupby(criteria, key=lambda criterion: criterion.kind)
    ]


def _problems(criteria: Sequence[Criterion], card: Card) -> Mapping[str, str]:
    try:
        rules.complete(criteria, card)
    except IncompleteCard as refusal:
        return refusal.problems
    return {}


def _lines(criteria: Iterator[Criterion], typed: Typed, problems: Mapping[str, str]) -> Iterator[Line]:
    for criterion in criteria:
        key = criterion.key
        yield Line(criterion, typed.scores.get(key, ""), typed.reasons.get(key, ""), problems.get(key, ""))
