"""The campaign file: read with every mistake and its line, and the form in which a definition is stored. Pure."""

import re
import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from app.campaigns.definition import (
    CALENDAR,
    QUESTION_KEYS,
    Category,
    Criterion,
    CriterionKind,
    Definition,
    FieldWording,
    Further,
    Ground,
    Indicator,
    LastYearProject,
    Milestone,
    Office,
    Paper,
    PhaseWindow,
    Trade,
)
from app.campaigns.places import line_at, lines_of
from app.campaigns.table import Notes, Table
from app.errors import Invalid
from models.enums import IntakeChannel, PhaseKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_TITLE = 200
LONGEST_GRACE_HOURS = 31 * 24
MOST_FURTHER, LONGEST_FURTHER = 5, 3000  # a form that asks more is not filled in on a phone

SYNTAX_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
SYNTAX_SENTENCES = {
    "Cannot overwrite a value": "这个名称前面已经写过了",
    "Duplicate inline table key": "这个名称前面已经写过了",
    "Cannot declare": "这个表前面已经写过了",
    "Cannot mutate": "这个表前面已经写过了",
    "Cannot redefine": "这个表前面已经写过了",
    "Unterminated string": "文字缺少收尾的引号",
    "Illegal character '\\n'": "文字缺少收尾的引号",
    "Unescaped": "引号里的反斜杠要写成两个",
    "Expected newline": "这一行后面多了内容",
    "Expected '='": "名称后面缺少等号",
    "Unclosed array": "缺少收尾的方括号",
    "Unclosed inline table": "缺少收尾的花括号",
    "Invalid date": "没有这个日期",
    "Invalid value": "等号后面写得不对，文字要加引号",
}


class BadCampaignFile(Invalid):
    """`problems` are (line, sentence), in the order of the file."""

    code = "bad_campaign_file"

    def __init__(self, problems: Iterable[tuple[int, str]]) -> None:
        self.problems = sorted(problems)
        lines = [f"第 {line} 行：{sentence}。" for line, sentence in self.problems]
        super().__init__("\n".join([f"活动文件有 {len(lines)} 处要改：", *lines]))


def load_toml(text: str, zone: ZoneInfo = SHANGHAI) -> Definition:
    """The campaign that a file describes; its dates without an offset are meant in `zone`.

    Raises BadCampaignFile with every mistake (of mistakes in the TOML itself, the first).
    """
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # beside its own error, the reader lets these through
        raise BadCampaignFile([_syntax_problem(error, text)]) from None
    notes = Notes(zone)
    file = Table(values, (), notes)
    definition = _definition(file)
    file.note_strangers()
    if notes.found:
        lines = lines_of(text)
        raise BadCampaignFile({(line_at(lines, path), sentence) for path, sentence in notes.found})
    return definition


def to_json(definition: Definition) -> dict[str, Any]:
    """As `campaigns.definition` stores it."""
    stored: dict[str, Any] = _adapter().dump_python(definition, mode="json")
    return stored


def from_json(stored: dict[str, Any]) -> Definition:
    return _adapter().validate_python(stored)


@cache
def _adapter() -> TypeAdapter[Definition]:
    return TypeAdapter(Definition)


def _syntax_problem(error: Exception, text: str) -> tuple[int, str]:
    place = SYNTAX_PLACE.search(str(error))
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    column = f"（第 {place[2]} 个字附近）" if place and place[2] else ""
    known = (said for start, said in SYNTAX_SENTENCES.items() if str(error).startswith(start))
    return line, next(known, "这里的写法不合 TOML 的格式") + column


def _definition(file: Table) -> Definition:
    year = file.whole("year")
    if year and not 1000 <= year <= 9999:
        file.note("year", "year 要写成四位数的年份")
    return Definition(
        key=file.key("key"),
        year=year,
        title=file.text("title", longest=LONGEST_TITLE),
        organiser=file.text("organiser"),
        account_name=file.text("account_name"),
        phases=_phases(file.table("phases"), year),
        draft_grace=_draft_grace(file),
        categories=_categories(file.tables("categories")),
        criteria=_criteria(file.tables("criteria")),
        last_year=_last_year(file.tables("last_year", optional=True)),
        trades=_trades(file.tables("trades", optional=True)),
        summary_sides=file.texts("summary_sides"),
        wording=_wording(file.table("wording")),
        office=_office(file.table("office")),
        milestones=_milestones(file.tables("milestones", optional=True)),
        grounds=_grounds(file.tables("grounds", optional=True)),
        papers=_papers(file.tables("papers", optional=True)),
        further=_further(file.tables("further", optional=True)),
        evaluation_note=file.text("evaluation_note", optional=True),
    )


def _phases(table: Table, year: int) -> tuple[PhaseWindow, ...]:
    """The calendar, each phase closing when the next opens."""
    opens = [_opens_at(table.table(kind), kind) for kind in CALENDAR]
    dated = [(kind, at) for kind, at in zip(CALENDAR, opens, strict=True) if at]
    for kind, at in dated:
        if year and abs(at.year - year) > 1:
            table.note(kind, f"{kind} 开始的日期离 {year} 年太远了")
    for (before, earlier), (kind, later) in pairwise(dated):
        if later <= earlier:
            table.note(kind, f"{kind} 要在 {before} 之后开始")
    return tuple(map(PhaseWindow, CALENDAR, opens, [*opens[1:], None]))


def _opens_at(table: Table, kind: PhaseKind) -> datetime | None:
    if kind is PhaseKind.PUBLISHED and not table.has("opens_at"):
        return None
    return table.moment("opens_at")


def _draft_grace(file: Table) -> timedelta:
    hours = file.number("draft_grace_hours")
    if hours > LONGEST_GRACE_HOURS:
        file.note("draft_grace_hours", f"draft_grace_hours 最多 {LONGEST_GRACE_HOURS} 小时")
        return timedelta(0)
    return timedelta(hours=hours)


def _categories(tables: list[Table]) -> tuple[Category, ...]:
    found = tuple(Category(one.key("key"), one.text("title")) for one in tables)
    _refuse_doubles(tables, "key", [one.key for one in found])
    _refuse_doubles(tables, "title", [one.title for one in found])
    return found


def _criteria(tables: list[Table]) -> tuple[Criterion, ...]:
    found = tuple(
        Criterion(
            key=one.key("key"),
            title=one.text("title"),
            kind=cast(CriterionKind, one.choice("kind", get_args(CriterionKind))),
            text=one.text("text"),
        )
        for one in tables
    )
    _refuse_doubles(tables, "key", [one.key for one in found])
    return found


def _last_year(tables: list[Table]) -> tuple[LastYearProject, ...]:
    found = tuple(
        LastYearProject(
            number=one.whole("number"),
            title=one.text("title"),
            text=one.text("text"),
            indicators=_indicators(one.tables("indicators", optional=True)),
        )
        for one in tables
    )
    _require_running(tables, [one.number for one in found])
    return found


def _indicators(tables: list[Table]) -> tuple[Indicator, ...]:
    found = tuple(Indicator(one.text("name"), one.number("target"), one.text("unit")) for one in tables)
    _refuse_doubles(tables, "name", [one.name for one in found])
    return found


def _trades(tables: list[Table]) -> tuple[Trade, ...]:
    found = tuple(Trade(one.key("key"), one.text("title"), one.texts("words")) for one in tables)
    _refuse_doubles(tables, "key", [one.key for one in found])
    return found


def _wording(table: Table) -> dict[str, FieldWording]:
    asked = {key: table.table(key) for key in QUESTION_KEYS}
    return {
        key: FieldWording(one.text("name"), one.text("prompt", longest=500), one.text("hint", optional=True))
        for key, one in asked.items()
    }


def _office(table: Table) -> Office:
    return Office(table.text("name"), table.text("phone"), table.text("email"))


def _milestones(tables: list[Table]) -> tuple[Milestone, ...]:
    read = [(one.text("title"), one.moment("due_at")) for one in tables]
    return tuple(Milestone(title, due_at) for title, due_at in read if due_at)


def _grounds(tables: list[Table]) -> tuple[Ground, ...]:
    found = tuple(Ground(one.key("key"), one.text("title"), one.text("sentence")) for one in tables)
    _refuse_doubles(tables, "key", [one.key for one in found])
    return found


def _papers(tables: list[Table]) -> tuple[Paper, ...]:
    found = tuple(
        Paper(
            channel=IntakeChannel(one.choice("channel", tuple(IntakeChannel))),
            annex=one.text("annex", optional=True),
            title=one.text("title"),
            proposer=one.text("proposer"),
        )
        for one in tables
    )
    _refuse_doubles(tables, "channel", [one.channel for one in found])
    return found


def _further(tables: list[Table]) -> tuple[Further, ...]:
    found = tuple(_further_question(one) for one in tables)
    _refuse_doubles(tables, "key", [one.key for one in found])
    _refuse_doubles(tables, "name", [one.wording.name for one in found])
    for table in tables[MOST_FURTHER:]:
        table.note("key", f"另加的问题最多 {MOST_FURTHER} 个，问得多了，手机上没有人填得完")
    return found


def _further_question(table: Table) -> Further:
    options = table.texts("options") if table.has("options") else ()
    if table.has("options") and not 2 <= len(set(options)) == len(options):
        table.note("options", "options 至少要有两项，而且不能重复")
    longest = table.whole("longest") if table.has("longest") else Further.longest
    if longest > LONGEST_FURTHER:
        table.note("longest", f"longest 最多 {LONGEST_FURTHER} 个字")
    wording = FieldWording(
        table.text("name", longest=60), table.text("prompt", longest=500), table.text("hint", optional=True)
    )
    required = table.has("required") and table.flag("required")
    return Further(table.key("key"), wording, options, longest, optional=not required)


def _require_running(tables: list[Table], numbers: list[int]) -> None:
    """Scores are given in a row, one digit for each project, so there is none to leave out."""
    for expected, (table, number) in enumerate(zip(tables, numbers, strict=True), start=1):
        if number and number != expected:
            table.note("number", f"number 要从 1 起挨个编号，这里应当是 {expected}，不是 {number}")


def _refuse_doubles(tables: list[Table], key: str, values: list[Any]) -> None:
    for number, (table, value) in enumerate(zip(tables, values, strict=True)):
        if value and value in values[:number]:
            table.note(key, f"{key} 和前面的重复了：{value}")
