"""Backups of SQLite: a database file like the one it was taken from."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import URL

from app.backups import files
from app.backups.failures import IN_USE, BackupFailed

NAME, BEGINS = "SQLite", b"SQLite format 3\0"
LOGS = ("-wal", "-shm")  # what may stand beside a database that was not closed

T = TypeVar("T")


def save(url: URL, target: Path) -> None:
    """By SQLite's own online backup, in one step: under WAL it makes no writer wait.

    Between two steps each commit would make it begin anew: 235 MB, written to fifty times a second, came to no end
    in steps of a megabyte; one step takes half a second. The copy is read through once.
    """
    try:
        with closing(_reading(_path(url))) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            _refuse_damaged(copy, target)
    except sqlite3.Error as error:
        raise BackupFailed(f"备份没有做成：{error}。") from None


def holds_anything(url: URL) -> bool:
    path = _path(url)
    return path.exists() and path.stat().st_size > 0


def put_back(source: Path, url: URL, aside: str, ready: Callable[[URL], T]) -> T:
    """Made ready beside the old one, which is then moved away; the new one takes its place in one step."""
    target = _path(url)
    arriving = target.with_name(target.name + ".arriving")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _refuse_in_use(target)
        files.make(arriving)
        shutil.copyfile(source, arriving)
        files.give_to_owner_of(target, arriving)
        with closing(sqlite3.connect(arriving)) as copy:
            _refuse_damaged(copy, source)
        result = ready(url.set(database=str(arriving)))
        files.sync(arriving)
        _refuse_in_use(target)
        _move(target, target.with_name(f"{target.name}.{aside}"))
        arriving.rename(target)
        files.sync(target.parent)
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} 坏了，读不出来：{error}。") from None
    except OSError as error:
        raise BackupFailed(f"写不了 {target}：{error.strerror}。") from None
    finally:
        for left in (arriving, *_logs(arriving)):
            left.unlink(missing_ok=True)
    return result


def _path(url: URL) -> Path:
    return Path(url.database or "")


def _logs(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in LOGS]


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)


def _refuse_damaged(copy: sqlite3.Connection, name: Path) -> None:
    found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise BackupFailed(f"{name} 坏了，不能用：{found}")


def _refuse_in_use(path: Path) -> None:
    """Leaving WAL needs the file for oneself; what the log held comes into it. A damaged one needs no asking."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=0)) as old:
            old.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupFailed(IN_USE) from None


def _move(old: Path, aside: Path) -> None:
    for before, after in zip((old, *_logs(old)), (aside, *_logs(aside)), strict=True):
        if before.exists():
            before.rename(after)
