"""Files that only their owner reads, and that are on the disk before anybody relies on them."""

import os
import shutil
from pathlib import Path

OWNER_ALONE = 0o600


def make(path: Path) -> None:
    """Empty, whatever was there."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ALONE))
    path.chmod(OWNER_ALONE)


def give_to_owner_of(known: Path, path: Path) -> None:
    """Who restores as root must not shut the service out."""
    if known.exists() and os.geteuid() == 0:
        shutil.chown(path, known.stat().st_uid, known.stat().st_gid)


def sync(path: Path) -> None:
    """A file's content; of a folder, which files it has."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
