"""The machine a table was measured on: numbers of another one say little."""

import os
import platform
import sqlite3
from collections.abc import Iterator
from pathlib import Path


def lines() -> Iterator[str]:
    yield f"processor   {_processor()}, {os.cpu_count()} cores: one for the servers, one for the client"
    yield f"memory      {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GB"
    yield f"load        {os.getloadavg()[0]:.2f} before it began"
    yield f"system      {platform.system()} {platform.release()}"
    yield f"Python      {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()
