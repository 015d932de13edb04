"""The year's projects as next year's campaign file lists them, under "last year". Pure."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from app.conversation.parsers import clean
from app.projects.rules import ProjectText

AMOUNT = re.compile(
    r"(?:约|不少于|不低于|至少|超过|达到|≥|>=)?\s*(\d{1,3}(?:[,，]\d{3})+|\d+(?:\.\d+)?)\s*(万|千|百)?\s*(\S.*?)?(?:以上|左右)?"
)
TIMES: Mapping[str | None, int] = {None: 1, "百": 100, "千": 1000, "万": 10_000}
LONGEST = 2000  # characters that a campaign file takes for one text
UNITS = (
    "人次",
    "场次",
    "人",
    "名",
    "个",
    "家",
    "场",
    "次",
    "门",
    "元",
    "份",
    "本",
    "册",
)  # read off a title's end
UNIT = "项"  # where neither target nor title has one


def toml(projects: Sequence[ProjectText], name: str) -> str:
    """Blocks to be put into the next file; a target that is no amount stands there as a note to mend."""
    head = (
        f"# ── {name}及其量化指标 ──────────",
        "# 放进下一年的活动文件，替换原来的 [[last_year]]。请核对每一个数和单位。",
    )
    blocks = [_block(number, project) for number, project in enumerate(projects, start=1)]
    return "\n".join((*head, "", "\n\n".join(blocks), ""))


def _block(number: int, project: ProjectText) -> str:
    lines = [
        "[[last_year]]",
        f"number = {number}",
        f"title = {_written(project.title)}",
        f"text = {_written(' '.join(project.summary.split())[:LONGEST])}",
    ]
    tables, notes = _indicators(project.indicators)
    if tables:
        lines += ["indicators = [", *tables, "]"]
    return "\n".join((*lines, *notes))


def _indicators(indicators: Iterable[Mapping[str, str]]) -> tuple[list[str], list[str]]:
    """Those with an amount as tables, and notes about the others."""
    tables: list[str] = []
    notes: list[str] = []
    names: set[str] = set()
    for one in indicators:
        amount = read_amount(one["target"])
        if amount is None or one["title"] in names:
            notes.append(f"# 请改写成数字：{' '.join(one['title'].split())}，{' '.join(one['target'].split())}")
            continue
        names.add(one["title"])
        target, unit = amount
        unit = unit or next((each for each in UNITS if one["title"].endswith(each)), UNIT)
        tables.append(f"  {{ name = {_written(one['title'])}, target = {target}, unit = {_written(unit)} }},")
    return tables, notes


def read_amount(target: str) -> tuple[int | float, str] | None:
    """("3,000 人次") → (3000, "人次"); the unit may be empty. None for what is no single amount."""
    found = AMOUNT.fullmatch(target.strip())
    if found is None or re.search(r"\d", found[3] or ""):
        return None
    value = float(re.sub("[,，]", "", found[1])) * TIMES[found[2]]
    return (int(value) if value == int(value) else value), found[3] or ""


def _written(text: str) -> str:
    """As a basic string of TOML, which escapes as JSON does."""
    return json.dumps(clean(text), ensure_ascii=False)
