"""The document for the plenary session, opened again; and both files by the command."""

import tomllib
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from docx import Document

from app.cli import run
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.projects import choosing, exports
from app.projects.rules import NotYet
from models import Action
from tests.app.ballots.station import Station, furnish_station
from tests.app.projects.chamber import TEXT, Chamber
from tests.fixtures.clocks import SteppingClock
from tests.house.test_settings import REQUIRED

ZONE = ZoneInfo("Asia/Shanghai")


def written(chamber: Chamber, tmp_path: Path) -> tuple[list[str], list[list[str]]]:
    """The paragraphs, and the rows of the table."""
    path = tmp_path / "材料.docx"
    exports.write_word(chamber.station.session, chamber.campaign, ZONE, path)
    document = Document(str(path))
    [table] = document.tables
    return [one.text for one in document.paragraphs], [[cell.text for cell in row.cells] for row in table.rows]


def test_without_projects_there_is_nothing_to_write(chamber: Chamber, tmp_path: Path) -> None:
    with pytest.raises(NotYet, match="还没有选实事项目"):
        written(chamber, tmp_path)


def test_before_the_release_it_says_that_it_is_a_draft(chamber: Chamber, tmp_path: Path) -> None:
    chamber.choose(1)
    words, _ = written(chamber, tmp_path)
    assert words[:2] == ["关于公布2018年度杨浦工会服务职工实事项目的公告", "（讨论稿，尚未公布）"]


def test_it_holds_announcement_projects_vote_and_lineage(chamber: Chamber, tmp_path: Path) -> None:
    session, by, clock = chamber.station.session, chamber.account("campaigner"), chamber.station.clock
    more = chamber.station.room.proposal("甲甲", number="SS2018-0901")
    chamber.grows_from(2, more)
    [one] = chamber.choose(2)
    changes = {"department": "权益保障部", "summary": "一行\n又一行 <b>&"}
    choosing.edit(session, one.id, changes, by=by, clock=clock)
    round = chamber.released(4)
    words, rows = written(chamber, tmp_path)
    assert words[0] == TEXT.title
    assert "讨论稿" not in "".join(words)
    assert all(line in words for line in TEXT.text.split("\n"))
    assert round.released_at is not None
    assert rows == [
        ["序号", "项目", "内容", "目标（指标）", "责任部门", "得票"],
        ["1", "户外职工接力站", "一行\n又一行 <b>&", "服务人次：500", "权益保障部", "7 票\n第 2 名"],
        ["2", "职工夜校", "职工夜校怎么办，分三步走", "服务人次：500", "", "5 票\n第 4 名"],
    ]
    assert any("8 个候选项目，8 位职工参加投票。一人一票" in line for line in words)
    assert "1. 户外职工接力站：2 份（SS2018-0002、SS2018-0901）" in words


def test_where_a_register_says_who_may_vote_the_turnout_is_told(chamber: Chamber, tmp_path: Path) -> None:
    chamber.choose(1)
    station = chamber.station
    station.clock.advance(seconds=timedelta(days=1).total_seconds())
    again = station.published(station.closed(station.opened(title="第二轮")))
    again.turnout_by_unit = [["环卫所", 30, 0], ["车队", 10, 0]]
    words, _ = written(chamber, tmp_path)
    assert any("“第二轮”" in line and "在册 40 人，参与率 0.0%" in line for line in words)


@pytest.fixture
def chosen(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """What the command finds: a campaign with two projects."""
    monkeypatch.chdir(tmp_path)
    for name, value in {**REQUIRED, "SHISHI_DATABASE_URL": f"sqlite:///{tmp_path}/shishi.db"}.items():
        monkeypatch.setenv(name, value)
    clock = SteppingClock(Clock().wall())
    furnish_station(sqlite_database, clock)
    with sqlite_database.writing() as session:
        chamber = Chamber(Station(session, clock, Keyring(REQUIRED["SHISHI_SECRET_KEY"])))
        chamber.vote()
        chamber.choose(1, 2)
    return sqlite_database


def test_the_command_writes_the_document_and_says_so_in_the_log(
    chosen: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "大会材料.docx"
    assert run(["projects", "docx", "2018", "--to", str(target)]) == 0
    assert capsys.readouterr().out == f"已导出：{target}\n"
    assert len(Document(str(target)).tables[0].rows) == 3
    with chosen.reading() as session:
        last = session.query(Action).order_by(Action.id.desc()).first()
        assert last is not None
        assert (last.verb, last.subject, last.detail) == ("projects.export", "campaign:2018", {"format": ".docx"})


def test_the_command_writes_the_fragment(chosen: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["projects", "toml", "2018"]) == 0
    first, _ = tomllib.loads(capsys.readouterr().out)["last_year"]
    assert first["indicators"] == [{"name": "服务人次", "target": 500, "unit": "人次"}]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["docx", "2017", "--to", "x.docx"], 1, "没有“2017”这个活动"),
        (["docx", "2018", "--to", "x.pdf"], 2, ".docx"),
        (["docx", "2018", "--to", "missing/x.docx"], 1, "写不了"),
        (["toml", "2017"], 1, "没有“2017”这个活动"),
    ],
)
def test_what_cannot_be_done_is_told(
    chosen: Database, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
) -> None:
    assert run(["projects", *arguments]) == code
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said
