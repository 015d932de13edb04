"""The whole data as one file, taken while the service runs, and put back. `SHISHI_SECRET_KEY` is not in it."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from sqlalchemy import URL

from app.backups import files, postgres, sqlite
from app.backups.failures import BackupFailed

__all__ = ["BackupFailed", "holds_anything", "put_back", "save"]

T = TypeVar("T")


def save(url: URL, target: Path) -> None:
    """All of the database at one moment. Raises BackupFailed; a file that is there is not touched."""
    if target.exists():
        raise BackupFailed(f"{target} 已经有了，请换个文件名，备份不覆盖旧的。")
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        files.make(unfinished)
        _kind(url).save(url, unfinished)
        files.sync(unfinished)
        unfinished.rename(target)
        files.sync(target.parent)
    except OSError as error:
        raise BackupFailed(f"写不了 {target}：{error.strerror}。") from None
    finally:
        unfinished.unlink(missing_ok=True)


def holds_anything(url: URL) -> bool:
    """Whether putting a backup back would take something away, be it damaged. Raises BackupFailed."""
    return bool(_kind(url).holds_anything(url))


def put_back(source: Path, url: URL, aside: str, ready: Callable[[URL], T]) -> T:
    """Make the database what the file says, and what `ready` then makes of it; what `ready` returned.

    `ready` is given the address at which the data stands meanwhile. Until it has returned, whatever fails leaves
    everything as it was. What stood there stays on SQLite, with `aside` behind its name, and goes on PostgreSQL.
    Raises BackupFailed, also while anything else uses the database.
    """
    kind = _kind(url)
    try:
        with source.open("rb") as file:
            begins = file.read(len(kind.BEGINS))
    except OSError as error:
        raise BackupFailed(f"读不了 {source}：{error.strerror}。") from None
    if begins != kind.BEGINS:
        raise BackupFailed(f"{source} 不是 {kind.NAME} 的备份。")
    result: T = kind.put_back(source, url, aside, ready)
    return result


def _kind(url: URL) -> ModuleType:
    return sqlite if url.get_backend_name() == "sqlite" else postgres
