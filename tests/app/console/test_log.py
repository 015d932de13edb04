"""The page of the action log, and its file: whatever is changed is named."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from app.console.log_lines import Change, changes, named
from app.installation import Installation
from app.operators import log, log_file
from app.operators.verbs import VERBS
from models import Action
from models.enums import Role
from tests.app.console.conftest import OpenConsole
from tests.house.tree import ROOT

LOG = "/console/log"


def record(installation: Installation, many: int = 1, **given: Any) -> None:
    with installation.database.writing() as session:
        for number in range(many):
            entry = {
                "actor": "operator:李工",
                "verb": "proposal.sort",
                "subject": f"proposal:SS2018-{number:04d}",
                "detail": {"category": {"from": None, "to": "health"}},
                **given,
            }
            log.record(session, clock=installation.clock, **entry)


async def test_what_was_done_is_readable(open_console: OpenConsole, installation: Installation) -> None:
    record(installation, subject="proposal:SS2018-0007", detail={"category": {"from": None, "to": "<health>"}})
    page = await open_console(Role.AUDITOR).open(LOG)
    assert "归类、分派" in page.text
    assert "李工" in page.text
    assert "SS2018-0007" in page.text
    assert "<del>（空）</del> → <ins>&lt;health&gt;</ins>" in page.text
    assert "载入活动" in page.text


async def test_grounds_are_said_in_words(open_console: OpenConsole, installation: Installation) -> None:
    record(installation, verb="proposal.decide", detail={"decision": "reject", "ground": "beyond_union"})
    page = await open_console(Role.AUDITOR).open(LOG)
    assert "不属于工会职责" in page.text
    assert "beyond_union" not in page.text


async def test_filters(open_console: OpenConsole, installation: Installation) -> None:
    record(installation, 3)
    installation.clock.advance(days=2)  # type: ignore[attr-defined]
    record(installation, 1, verb="proposal.merge", actor="operator:赵主席")
    desk = open_console(Role.OWNER)

    async def numbers(**query: str) -> int:
        return (await desk.open(LOG, **query)).text.count('class="fw-semibold"')

    assert await numbers(actor="赵主席") == 1
    assert await numbers(verb="proposal.sort") == 3
    assert await numbers(subject="SS2018-0002") == 1
    assert await numbers(day="2017-12-03", verb="proposal.merge") == 1
    assert await numbers(day="2017-12-02", verb="proposal.merge") == 0
    assert await numbers(subject="%") == 0
    assert await numbers(day="yesterday", before="x", verb="proposal.merge") == 1


async def test_older_entries_by_page(open_console: OpenConsole, installation: Installation) -> None:
    record(installation, 60)
    desk = open_console(Role.AUDITOR)
    page = await desk.open(LOG, verb="proposal.sort")
    older = page.text.partition("更早的")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "SS2018-0059" in page.text
    assert "SS2018-0009" not in page.text
    page = await desk.open(older)
    assert "SS2018-0009" in page.text
    assert "SS2018-0010" not in page.text
    assert "更早的" not in page.text


async def test_a_whole_log_is_said_to_be_so(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.AUDITOR)
    page = await desk.post(f"{LOG}/verify")
    with installation.database.reading() as session:
        last = log.last(session)
    assert f"核验通过：{last.id} 条" in page.text
    assert last.hash in page.text


async def test_a_changed_entry_is_named(open_console: OpenConsole, installation: Installation) -> None:
    record(installation, 5)
    with installation.database.writing() as session:
        session.execute(update(Action).where(Action.id == 4).values(actor="operator:nobody"))
    page = await open_console(Role.AUDITOR).post(f"{LOG}/verify")
    assert "第 4 条被改过" in page.text


async def test_the_export_verifies_and_is_itself_in_it(
    open_console: OpenConsole, installation: Installation
) -> None:
    record(installation, 700)
    answer = await open_console(Role.AUDITOR).post(f"{LOG}/export")
    assert "attachment" in answer.headers["content-disposition"]
    lines = answer.text.splitlines(keepends=True)
    assert json.loads(lines[-1])["verb"] == "log.export"
    verdict = log_file.verify(lines)
    with installation.database.reading() as session:
        assert verdict == (len(lines), log.last(session).hash, None)


@pytest.mark.parametrize("column", ["id", "at", "actor", "verb", "subject", "detail", "previous", "hash"])
def test_changing_any_column_of_a_line_names_it(installation: Installation, column: str) -> None:
    record(installation, 4)
    with installation.database.reading() as session:
        lines = list(log_file.lines(session))
    entry = json.loads(lines[3])
    entry[column] = {"id": 9, "at": "2017-12-01T02:00:01+00:00", "detail": {"reason": "x"}}.get(column, "0" * 64)
    changed = [*lines[:3], json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n", *lines[4:]]
    assert log_file.verify(lines).broken is None
    assert log_file.verify(changed).broken == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines.pop(2),
        lambda lines: lines.insert(2, lines[2]),
        lambda lines: lines.__setitem__(slice(2, 4), [lines[3], lines[2]]),
        lambda lines: lines.__setitem__(2, lines[2].replace(":", ": ", 1)),
        lambda lines: lines.__setitem__(2, "\n"),
        lambda lines: lines.__setitem__(2, "null\n"),
        lambda lines: lines.__setitem__(2, "[" * 100_000 + "\n"),
        lambda lines: lines.__setitem__(2, '{"id":3}\n'),
        lambda lines: lines.__setitem__(2, lines[2].replace('"detail"', '"more":1,"detail"')),
    ],
)
def test_a_line_left_out_added_moved_or_rewritten_is_named(
    installation: Installation, change: Callable[[list[str]], object]
) -> None:
    record(installation, 4)
    with installation.database.reading() as session:
        lines = list(log_file.lines(session))
    change(lines)
    broken = log_file.verify(lines).broken
    assert broken in {3, 4}  # a line given twice is named where it stands the second time


def test_every_verb_has_a_name() -> None:
    written = {
        verb for path in (ROOT / "app").rglob("*.py") for verb in log_verbs(path.read_text(encoding="utf-8"))
    }
    assert written - VERBS.keys() == set(), "say these in app/operators/verbs.py"


def log_verbs(source: str) -> set[str]:
    """String literals of the shape of a verb; names of templates and sealed columns are none."""
    subjects = "campaign|candidate|database|followers|form|forms|log|menu|operator|person|proposal|proposals|view"
    found = set(re.findall(rf'"((?:{subjects})\.[a-z_]+)"', source))
    return {verb for verb in found if not verb.endswith((".html", ".css", ".js", ".phone", ".rest", ".totp"))}


@pytest.mark.parametrize(
    ("detail", "lines"),
    [
        ({}, []),
        ({"reason": "开会定的"}, [Change("原因", "开会定的")]),
        ({"from": "auto", "to": "screening"}, [Change("", before="按日历", after="汇总梳理")]),
        ({"unit": {"from": None, "to": "机关"}}, [Change("单位", before="（空）", after="机关")]),
        (
            {"from": {"title": "旧", "cost": "1"}, "to": {"title": "新", "cost": "1"}},
            [Change("名称", before="旧", after="新")],
        ),
        (
            {"roles": ["owner", "intake"], "locked": False},
            [Change("角色", "负责人、收件"), Change("因此锁住", "否")],
        ),
        ({"from": ["intake"], "to": ["auditor"]}, [Change("", before="收件", after="审计")]),
        ({"from": None, "to": {"title": "新"}}, [Change("名称", "新")]),
        ({"odd": {"deep": [1, {"x": 2}]}}, [Change("odd", "deep：1、x：2")]),
    ],
)
def test_changes_are_lines(detail: dict[str, Any], lines: list[Change]) -> None:
    assert changes(detail) == lines


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("operator:李工", "李工"),
        ("cli:root", "命令行（root）"),
        ("proposal:SS2018-0001", "SS2018-0001"),
        ("campaign:2018", "活动 2018"),
        ("operator", "没有的账号"),
        ("operator:{0.name}", "{0.name}"),
        ("thing:7", "thing:7"),
    ],
)
def test_actors_and_subjects_are_named(reference: str, said: str) -> None:
    assert named(reference) == said


def test_what_is_new_is_told_alone_and_in_words() -> None:
    made = {
        "to": {"title": "接力站", "indicators": [{"title": "人次", "target": "5000"}]},
        "proposals": ["SS2018-0001"],
    }
    told = [(change.name, change.value) for change in changes(made)]
    assert told == [("名称", "接力站"), ("指标", "名称：人次，目标：5000"), ("提案", "SS2018-0001")]
    sorted_into = {"category": {"from": None, "to": "health"}}
    assert changes(sorted_into, {"health": "健康服务"})[0].after == "健康服务"
