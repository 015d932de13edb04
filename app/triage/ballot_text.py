"""What a ballot says of a candidate: its fields, and what is acceptable in them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.campaigns.definition import Definition
from app.conversation.parsers import clean
from app.errors import Invalid
from models.enums import Maturity

TITLE_LIMIT, TEXT_LIMIT, LINE_LIMIT = 60, 6000, 200  # characters
INDICATORS_LIMIT = 50

MATURITY_TITLES: Mapping[Maturity, str] = {
    Maturity.MATURE: "运作成熟，已有成效",
    Maturity.NEW: "刚刚起步或计划实施",
}


@dataclass(frozen=True)
class CandidateText:
    """What a ballot says of a candidate. `indicators` are {"title", "target"}."""

    title: str
    summary: str
    expected_outcome: str
    category: str | None = None
    department: str | None = None
    cost: str | None = None
    indicators: tuple[Mapping[str, str], ...] = ()
    maturity: Maturity | None = None


def checked(text: CandidateText, definition: Definition) -> CandidateText:
    """The text as it is kept. Raises Invalid saying what is missing or too long."""
    problems = [
        *too_long("项目名称", text.title, TITLE_LIMIT, required=True),
        *too_long("简介", text.summary, TEXT_LIMIT, required=True),
        *too_long("预期目标或成效", text.expected_outcome, TEXT_LIMIT, required=True),
        *too_long("责任部门", text.department or "", LINE_LIMIT),
        *too_long("经费", text.cost or "", LINE_LIMIT),
        *bad_indicators(text.indicators),
    ]
    if text.category is not None and text.category not in {each.key for each in definition.categories}:
        problems.append(f"没有“{text.category}”这个类别")
    if problems:
        raise Invalid("；".join(problems) + "。")
    return replace(
        text,
        title=clean(text.title),
        summary=clean(text.summary),
        expected_outcome=clean(text.expected_outcome),
        department=clean(text.department or "") or None,
        cost=clean(text.cost or "") or None,
        indicators=tuple({key: clean(one[key]) for key in ("title", "target")} for one in text.indicators),
    )


def too_long(what: str, said: str, limit: int, *, required: bool = False) -> list[str]:
    length = len(clean(said))
    if required and not length:
        return [f"请填写{what}"]
    return [f"{what}最多 {limit} 个字，现在有 {length} 个"] if length > limit else []


def bad_indicators(indicators: Sequence[Mapping[str, str]]) -> list[str]:
    if len(indicators) > INDICATORS_LIMIT:
        return [f"指标最多 {INDICATORS_LIMIT} 条"]
    return [
        problem
        for number, one in enumerate(indicators, start=1)
        for key, name in (("title", "名称"), ("target", "目标值"))
        for problem in too_long(f"第 {number} 条指标的{name}", one.get(key, ""), LINE_LIMIT, required=True)
    ]
