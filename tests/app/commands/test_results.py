"""`shishi results export`: one file, or one clear line why not."""

from pathlib import Path

import pytest

from app.cli import run
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from tests.app.ballots.station import Station, furnish_station
from tests.fixtures.clocks import SteppingClock
from tests.house.test_settings import REQUIRED


@pytest.fixture
def polling(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """What the command finds: a campaign with candidates."""
    monkeypatch.chdir(tmp_path)
    settings = {**REQUIRED, "SHISHI_DATABASE_URL": f"sqlite:///{tmp_path}/shishi.db"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    furnish_station(sqlite_database, SteppingClock(Clock().wall()))
    return sqlite_database


def publish(database: Database) -> None:
    with database.writing() as session:
        station = Station(session, SteppingClock(Clock().wall()), Keyring(REQUIRED["SHISHI_SECRET_KEY"]))
        round = station.opened()
        station.votes("张三", round, 1)
        station.published(station.closed(round))


def test_a_published_result_becomes_one_file(
    polling: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(polling)
    target = tmp_path / "结果.html"
    assert run(["results", "export", "2018", "--to", str(target)]) == 0
    assert capsys.readouterr().out == f"已导出：{target}\n"
    assert "职工书屋" in target.read_text(encoding="utf-8")


def test_what_is_not_published_leaves_no_file(
    polling: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "结果.html"
    assert run(["results", "export", "2018", "--to", str(target)]) == 1
    assert "还没有公布" in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.parametrize(
    ("key", "target", "code", "told"),
    [
        ("2017", "x.html", 1, "没有“2017”这个活动"),
        ("2018", "x.pdf", 2, ".html"),
        ("2018", "missing/x.html", 1, "写不了"),
    ],
)
def test_what_cannot_be_done_is_told(
    polling: Database, capsys: pytest.CaptureFixture[str], key: str, target: str, code: int, told: str
) -> None:
    publish(polling)
    assert run(["results", "export", key, "--to", target]) == code
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said
