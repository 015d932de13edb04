"""The machine: its clock, its disk, its folders, its backups."""

import os
import stat
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.checkup import machine
from app.checkup.findings import Verdict
from app.database import Database
from tests.app.checkup.conftest import FINE, NOTE, WRONG
from tests.fixtures.clocks import START
from tests.fixtures.installation import make_settings


@pytest.mark.parametrize(("seconds", "verdict"), [(0, FINE), (30, FINE), (31, NOTE), (-299, NOTE), (300, WRONG)])
def test_clocks_that_differ_are_found(seconds: int, verdict: Verdict) -> None:
    assert machine.check_clock(START, START + timedelta(seconds=seconds)).verdict is verdict


def test_a_shifted_clock_is_told() -> None:
    assert machine.check_offset(make_settings(now_offset_seconds=3600)).verdict is NOTE


@pytest.mark.parametrize(("free", "verdict"), [(100 * 1024**2, WRONG), (500 * 1024**2, NOTE), (2 * 1024**3, FINE)])
def test_a_full_disk_is_found(
    database: Database, monkeypatch: pytest.MonkeyPatch, free: int, verdict: Verdict
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free))
    assert machine.check_disk(database).verdict is verdict


def test_folders_that_can_be_written_to(database: Database) -> None:
    assert machine.check_folders(database).verdict is FINE


def test_a_folder_that_is_shut_is_named(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.access", lambda folder, _mode: Path(folder) != tmp_path)  # root may write anywhere
    finding = machine.check_folders(sqlite_database)
    assert (finding.verdict, str(tmp_path) in finding.said) == (WRONG, True)


@pytest.mark.parametrize(("mode", "verdict"), [(0o600, FINE), (0o640, NOTE), (0o604, NOTE)])
def test_settings_that_others_can_read(tmp_path: Path, mode: int, verdict: Verdict) -> None:
    file = tmp_path / ".env"
    file.touch()
    file.chmod(stat.S_IFREG | mode)
    assert [finding.verdict for finding in machine.check_env_file(file)] == [verdict]
    file.unlink()
    assert list(machine.check_env_file(file)) == []


@pytest.mark.parametrize(("hours", "verdict"), [(1, FINE), (26, FINE), (27, NOTE), (169, WRONG)])
def test_how_old_the_last_backup_is(tmp_path: Path, hours: int, verdict: Verdict) -> None:
    for name, age in (("old.tar", 1000), ("last.tar", hours)):
        (tmp_path / name).touch()
        at = (START - timedelta(hours=age)).timestamp()
        os.utime(tmp_path / name, (at, at))
    finding = machine.check_backups(str(tmp_path), START)
    assert (finding.verdict, f"{hours} 小时以前" in finding.said) == (verdict, True)


def test_no_backups_at_all(tmp_path: Path) -> None:
    assert machine.check_backups("", START).verdict is NOTE
    assert machine.check_backups(str(tmp_path), START).verdict is WRONG
    assert machine.check_backups(str(tmp_path / "nowhere"), START).verdict is WRONG
