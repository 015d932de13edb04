"""Exports: what stands in them, that no cell is a formula, and that no half file is left."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.campaigns import queries
from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.cli import run
from app.crypto import Keyring
from app.database import Database
from app.operators import log
from app.proposals import exports
from app.proposals.service import PHONE_SEALED_FOR
from app.proposals.sheets import CUT, LONGEST_CELL, CannotWrite, Csv, Xlsx, appearing
from models import Action, Proposal
from models.enums import IntakeChannel, ProposalStatus
from tests.fixtures.clocks import START, SteppingClock
from tests.house.test_settings import REQUIRED

FILE = Path(__file__).parents[3] / "deploy/campaigns/2018.toml"
SHANGHAI = ZoneInfo("Asia/Shanghai")
PHONE = "13812345678"
RISKY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    '=HYPERLINK("x")',
]
HARMLESS = ["午间健身课", "3=3", "http://example.test/", "'引号", "", "12", "a\nb"]


def values(running: int, **changes: Any) -> dict[str, Any]:
    return {
        "campaign_id": 1,
        "number": f"SS2018-{running:04d}",
        "channel": IntakeChannel.WECHAT,
        "status": ProposalStatus.SUBMITTED,
        "category": "health",
        "title": "午间健身课",
        "summary": "请教练来园区，" * 20,
        "expected_outcome": "一年五十次",
        "submitted_at": START,
        **changes,
    }


@pytest.fixture
def loaded(database: Database, clock: SteppingClock) -> Database:
    with database.writing() as session:
        campaigns.load(session, load_toml(FILE.read_text(encoding="utf-8")), actor="cli:tester", clock=clock)
    return database


def table(database: Database, clock: SteppingClock, keyring: Keyring | None = None) -> exports.Table:
    with database.reading() as session:
        return exports.Table(queries.by_key(session, "2018", clock), SHANGHAI, keyring)


def exported(database: Database, table: exports.Table, path: Path) -> list[dict[str, str]]:
    with database.reading() as session:
        assert exports.write(session, table, path) == len(rows(path))
    return rows(path)


def rows(path: Path) -> list[dict[str, str]]:
    return list(read_csv(path) if path.suffix == ".csv" else read_xlsx(path))


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def read_xlsx(path: Path) -> Iterator[dict[str, str]]:
    [heads, *cells] = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    for row in cells:
        yield {str(head): str(cell or "") for head, cell in zip(heads, row, strict=True)}


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_the_headings_are_those_of_the_form(
    loaded: Database, clock: SteppingClock, keyring: Keyring, tmp_path: Path, ending: str
) -> None:
    with loaded.writing() as session:
        session.add(
            Proposal(
                **values(
                    1,
                    evaluations=[{"project": 5, "rating": 4, "remark": "很好"}],
                    evaluation_text="都不错",
                    unit="殷行街道总工会",
                    trade="delivery",
                    proposer_name="张三",
                    phone=keyring.seal(PHONE, PHONE_SEALED_FOR),
                    amended_at=START + timedelta(hours=1),
                )
            )
        )
        session.flush()
        session.add(Proposal(**values(2, status=ProposalStatus.MERGED, merged_into_id=1, category=None)))
    first, second = exported(loaded, table(loaded, clock, keyring), tmp_path / f"out{ending}")
    assert first == {
        "编号": "SS2018-0001",
        "来源": "职工网上提案",
        "状态": "已提交",
        "类别": "健康服务",
        "实事项目名称": "午间健身课",
        "简介": "请教练来园区，" * 20,
        "预期目标或成效": "一年五十次",
        "对2017年度杨浦工会服务职工实事项目评估": "5号 4分，很好；都不错",
        "单位": "殷行街道总工会",
        "行业/工种": "快递物流",
        "姓名": "张三",
        "联系电话": PHONE,
        "图片": "",
        "支持人数": "",
        "提交时间": "2017-12-01 10:00",
        "修改时间": "2017-12-01 11:00",
        "经办人": "",
        "合并到": "",
        "办理意见": "",
    }
    assert (second["合并到"], second["类别"], second["状态"]) == ("SS2018-0001", "", "已合并")
    without = exported(loaded, table(loaded, clock), tmp_path / f"without{ending}")
    assert not without[0].keys() & {"姓名", "联系电话"}
    assert "张三" not in str(without)
    assert PHONE not in str(without)


def test_in_a_workbook_a_risky_cell_is_text(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    with Xlsx(path, ["甲"], [10]) as sheet:
        for cell in [*RISKY, *HARMLESS]:
            sheet.add([cell])
    read = [row[0] for row in load_workbook(path).worksheets[0].iter_rows(min_row=2)]
    for found, expected in zip(read, [*RISKY, *HARMLESS], strict=True):
        assert found.data_type in ("s", "n")  # openpyxl calls an empty cell a number
        assert str(found.value or "").replace("_x000D_", "\r") == expected
        assert found.quotePrefix == (expected in RISKY)
        assert found.hyperlink is None


def test_in_csv_a_risky_cell_begins_with_an_apostrophe(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with Csv(path, ["甲"], [10]) as sheet:
        for cell in [*RISKY, *HARMLESS]:
            sheet.add([cell])
    read = [row["甲"] for row in read_csv(path)]
    assert read == [*(f"'{cell}" for cell in RISKY), *HARMLESS]


def test_a_cell_too_long_for_excel_is_cut_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    with Xlsx(path, ["甲"], [10]) as sheet:
        sheet.add(["长" * (LONGEST_CELL + 1)])
    [cell] = [row["甲"] for row in read_xlsx(path)]
    assert len(cell) == LONGEST_CELL
    assert cell.endswith(CUT)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before", encoding="utf-8")

    def fail_half_way() -> None:
        with appearing(target) as unfinished:
            unfinished.write_text("half", encoding="utf-8")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert target.read_text(encoding="utf-8") == "before"
    with appearing(target) as unfinished:
        unfinished.write_text("whole", encoding="utf-8")
    assert target.read_text(encoding="utf-8") == "whole"
    assert list(tmp_path.iterdir()) == [target]


def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for target in (tmp_path / "nowhere/out.csv", tmp_path / "folder.csv"):
        with pytest.raises(CannotWrite, match="写不了"), appearing(target) as unfinished:
            unfinished.write_text("whole", encoding="utf-8")


def fill(database: Database, count: int) -> None:
    with database.writing() as session:
        there = session.scalar(select(func.count()).select_from(Proposal)) or 0
        for begin in range(there, count, 1000):
            numbers = range(begin + 1, min(begin + 1000, count) + 1)
            session.execute(insert(Proposal), [values(number) for number in numbers])


@dataclass(frozen=True)
class WatchedTable(exports.Table):
    """Notes at each row how many proposals the session holds."""

    session: Session | None = None
    held: list[int] = field(default_factory=list)

    def row(self, proposal: Proposal, merged_into: str | None, supporters: int) -> list[str]:
        assert self.session is not None
        self.held.append(len(self.session.identity_map))
        return super().row(proposal, merged_into, supporters)


def test_no_more_proposals_are_held_than_are_read_at_once(
    loaded: Database, clock: SteppingClock, tmp_path: Path
) -> None:
    fill(loaded, 5 * exports.ROWS_AT_ONCE)
    with loaded.reading() as session:
        shown = WatchedTable(queries.by_key(session, "2018", clock), SHANGHAI, session=session)
        assert exports.write(session, shown, tmp_path / "out.csv") == 5 * exports.ROWS_AT_ONCE
    assert max(shown.held) <= 2 * exports.ROWS_AT_ONCE


def test_a_workbook_can_be_printed_and_sums_up(loaded: Database, clock: SteppingClock, tmp_path: Path) -> None:
    with loaded.writing() as session:
        session.add(Proposal(**values(1)))
        session.add(Proposal(**values(2, channel=IntakeChannel.DEPARTMENT, category=None)))
    exported(loaded, table(loaded, clock), tmp_path / "out.xlsx")
    book = load_workbook(tmp_path / "out.xlsx")
    page, figures = book.worksheets
    assert (page.page_setup.orientation, page.freeze_panes, page.print_title_rows) == ("landscape", "A2", "$1:$1")
    assert page.auto_filter.ref.startswith("A1:")
    told = {str(name): number for name, number in figures.iter_rows(values_only=True, max_col=2)}
    assert (told["提案总数"], told["机关部室"], told["健康服务"], told["已提交"]) == (2, 1, 1, 2)


def test_old_programs_get_gb18030(loaded: Database, clock: SteppingClock, tmp_path: Path) -> None:
    with loaded.writing() as session:
        session.add(Proposal(**values(1, title="骑手的“歇脚”点 😀")))
    with loaded.reading() as session:
        exports.write(session, table(loaded, clock), tmp_path / "out.csv", encoding="gb18030")
    assert "骑手的“歇脚”点 😀" in (tmp_path / "out.csv").read_bytes().decode("gb18030")


def test_the_scope_narrows(loaded: Database, clock: SteppingClock, tmp_path: Path) -> None:
    with loaded.writing() as session:
        session.add(Proposal(**values(1)))
        session.add(Proposal(**values(2, channel=IntakeChannel.DEPARTMENT)))
        session.add(Proposal(**values(3, status=ProposalStatus.SHORTLISTED)))
    chosen = exports.Scope(frozenset({ProposalStatus.SUBMITTED}), frozenset({IntakeChannel.WECHAT}))
    with loaded.reading() as session:
        assert exports.write(session, table(loaded, clock), tmp_path / "out.csv", chosen) == 1


class TestCommand:
    """`shishi proposals export`."""

    @pytest.fixture(autouse=True)
    def _here(self, loaded: Database, keyring: Keyring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path)
        url = loaded.url.render_as_string(hide_password=False)
        for name, value in {**REQUIRED, "SHISHI_DATABASE_URL": url}.items():
            monkeypatch.setenv(name, value)
        sealed = Keyring(REQUIRED["SHISHI_SECRET_KEY"]).seal(PHONE, PHONE_SEALED_FOR)
        with loaded.writing() as session:
            session.add(Proposal(**values(1, proposer_name="张三", phone=sealed)))

    def export(self, *arguments: str) -> int:
        return run(["proposals", "export", "--campaign", "2018", *arguments])

    @pytest.mark.parametrize("name", ["out.xlsx", "out.csv", "OUT.CSV"])
    def test_without_persons(
        self, loaded: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
    ) -> None:
        assert self.export("--to", name) == 0
        assert capsys.readouterr().out == f"已导出 1 份提案：{name}\n"
        assert "张三" not in str(rows(tmp_path / name) if name.islower() else (tmp_path / name).read_text("utf-8"))

    def test_with_persons_it_is_logged_why(self, loaded: Database, tmp_path: Path) -> None:
        assert self.export("--to", "out.csv", "--with-personal", "--reason", "电话回访") == 0
        [row] = rows(tmp_path / "out.csv")
        assert (row["姓名"], row["联系电话"]) == ("张三", PHONE)
        with loaded.reading() as session:
            action = session.scalars(select(Action).where(Action.verb == "proposals.export")).one()
            assert action.subject == "campaign:2018"
            assert action.actor.startswith("cli:")
            assert action.detail == {"rows": 1, "format": ".csv", "personal": True, "reason": "电话回访"}
            assert log.verify(session) is None

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (["--to", "out.pdf"], 2, ".xlsx 或 .csv"),
            (["--to", "out"], 2, ".xlsx 或 .csv"),
            (["--to", "out.csv", "--with-personal"], 2, "原因"),
            (["--to", "out.csv", "--with-personal", "--reason", "  "], 2, "原因"),
            (["--to", "out.csv", "--with-personal", "--reason", "长" * 501], 1, "原因"),
            (["--to", "nowhere/out.csv"], 1, "写不了 nowhere/out.csv"),
            (["--to", "out.csv", "--campaign", "2019"], 1, "没有“2019”这个活动。"),
            ([], 2, "--to"),
        ],
    )
    def test_what_is_refused_is_one_line_and_no_file(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], code: int, said: str
    ) -> None:
        before = set(tmp_path.iterdir())
        assert self.export(*arguments) == code
        output = capsys.readouterr()
        assert output.out == ""
        assert output.err.count("\n") == 1
        assert said in output.err
        assert set(tmp_path.iterdir()) <= before | {tmp_path / "shishi.db-wal", tmp_path / "shishi.db-shm"}

    @pytest.mark.long
    @pytest.mark.timeout(600)
    def test_memory_stays_flat_over_a_hundred_thousand_rows(self, loaded: Database) -> None:
        export = ["proposals", "export", "--campaign", "2018", "--to", "out.xlsx"]
        measuring = (
            "import resource, sys; from app.cli import run; code = run(sys.argv[1:]);"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
        )
        environment = {**os.environ, "PYTHONPATH": str(FILE.parents[2])}

        def kilobytes(count: int) -> int:
            fill(loaded, count)
            command = [sys.executable, "-c", measuring, *export]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            said, peak = done.stdout.splitlines()
            assert said == f"已导出 {count} 份提案：out.xlsx"
            return int(peak)

        few = kilobytes(2_000)
        assert kilobytes(100_000) < few + 20_000
