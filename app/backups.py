"""The whole data as one file, taken while the service runs, and put back. `SHISHI_SECRET_KEY` is not in it."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from app.errors import ShishiError

SQLITE, POSTGRES = b"SQLite format 3\0", b"PGDMP"
PAGES = 256  # of SQLite in one step, so that writing goes on in between
OWNER_ALONE = 0o600


class BackupFailed(ShishiError):
    code = "backup_failed"


def save(url: URL, target: Path) -> None:
    """All of the database at one moment. Raises BackupFailed; a file that is there is not touched."""
    if target.exists():
        raise BackupFailed(f"{target} 已经有了，请换个文件名，备份不覆盖旧的。")
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        unfinished.touch(OWNER_ALONE)
        if _is_sqlite(url):
            _copy(Path(url.database or ""), unfinished)
        else:
            _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={unfinished}"], url)
        _sync(unfinished)
        unfinished.rename(target)
    except OSError as error:
        raise BackupFailed(f"写不了 {target}：{error.strerror}。") from None
    finally:
        unfinished.unlink(missing_ok=True)


def put_back(source: Path, url: URL, *, aside: Path | None = None) -> None:
    """Make the database what the file says; nothing else may be using it. Raises BackupFailed.

    What stands there is lost on PostgreSQL; of SQLite the file is kept as `aside`.
    """
    try:
        with source.open("rb") as file:
            begins = file.read(len(SQLITE))
    except OSError as error:
        raise BackupFailed(f"读不了 {source}：{error.strerror}。") from None
    if _is_sqlite(url):
        if not begins.startswith(SQLITE):
            raise BackupFailed(f"{source} 不是 SQLite 的备份。")
        _replace(source, Path(url.database or ""), aside)
        return
    if not begins.startswith(POSTGRES):
        raise BackupFailed(f"{source} 不是 PostgreSQL 的备份。")
    options = [
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
    ]
    _run(["pg_restore", *options, f"--dbname={url.database}", str(source)], url)


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _copy(source: Path, target: Path) -> None:
    """By SQLite's own backup, which waits for no writer; the copy is read through once."""
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy, pages=PAGES)
            copy.execute("PRAGMA journal_mode=DELETE")
            _refuse_damaged(copy, target)
    except sqlite3.Error as error:
        raise BackupFailed(f"备份没有做成：{error}。") from None


def _replace(source: Path, target: Path, aside: Path | None) -> None:
    """The new file is whole and beside the old one before it takes its place."""
    arriving = target.with_name(target.name + ".arriving")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, arriving)
        arriving.chmod(OWNER_ALONE)
        with closing(sqlite3.connect(arriving)) as copy:
            _refuse_damaged(copy, source)
        _sync(arriving)
        if aside is not None and target.exists():
            for ending in ("", "-wal", "-shm"):
                old = target.with_name(target.name + ending)
                if old.exists():
                    old.rename(aside.with_name(aside.name + ending))
        arriving.rename(target)
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} 坏了，读不出来：{error}。") from None
    except OSError as error:
        raise BackupFailed(f"写不了 {target}：{error.strerror}。") from None
    finally:
        arriving.unlink(missing_ok=True)


def _refuse_damaged(copy: sqlite3.Connection, name: Path) -> None:
    found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise BackupFailed(f"{name} 坏了，不能用：{found}")


def _run(order: Sequence[str], url: URL) -> None:
    """One of PostgreSQL's own tools; the password goes by the environment, where no other user sees it."""
    try:
        done = subprocess.run(  # noqa: S603 - our own order
            order, env={**os.environ, **_connection(url)}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BackupFailed(f"找不到 {order[0]}，请安装和数据库同版本的 PostgreSQL 客户端工具。") from None
    if done.returncode:
        raise BackupFailed(f"{order[0]} 没有做成：{done.stderr.strip()[-500:]}")


def _connection(url: URL) -> Mapping[str, str]:
    host = url.host or str(url.query.get("host", ""))
    said = {
        "PGHOST": host,
        "PGPORT": str(url.port or url.query.get("port", "")),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
    }
    return {name: value for name, value in said.items() if value}


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
