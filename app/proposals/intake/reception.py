"""Taking files in: each is read by another process (reader.py), so that none can harm or hold up this one."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import app
from app.conversation.parsers import clean
from app.proposals.intake import checks, paper
from app.proposals.intake.paper import FileRead, Problem
from app.proposals.intake.reading.files import LARGEST

MOST_FILES = 100
LARGEST_TOGETHER = 64 * 2**20
SECONDS_A_FILE = 20.0
SECONDS_TOGETHER = 120.0
LONGEST_NAME = 200


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


def read(uploads: Sequence[Upload], around: date, *, keep_originals: bool = False) -> list[FileRead]:
    """What stands in each file. `around`: a day that dates without a year are near to."""
    if len(uploads) > MOST_FILES or sum(len(upload.content) for upload in uploads) > LARGEST_TOGETHER:
        return [_refused(upload, "too_many_files") for upload in uploads]
    over = time.monotonic() + SECONDS_TOGETHER
    with _Reader(around) as reader:
        return [_read(upload, reader, over, keep_originals) for upload in uploads]


def _read(upload: Upload, reader: "_Reader", over: float, keep: bool) -> FileRead:
    if not upload.content or len(upload.content) > LARGEST:
        return _refused(upload, "too_large" if upload.content else "empty_file")
    if time.monotonic() > over:
        return _refused(upload, "not_reached")
    answer = reader.ask(upload)
    if isinstance(answer, Problem):
        return _file(upload, [answer])
    forms, problems = paper.from_json(answer)
    original = upload.content if keep and forms else None
    return FileRead(shown_name(upload.name), _digest(upload), forms, problems, original)


def _refused(upload: Upload, code: str) -> FileRead:
    return _file(upload, [checks.problem(code)])


def _file(upload: Upload, problems: Sequence[Problem]) -> FileRead:
    return FileRead(shown_name(upload.name), _digest(upload), problems=problems)


def shown_name(name: str) -> str:
    """Without folders or what cannot be shown; a name is only ever shown, nothing is stored under it."""
    return clean(name.replace("\\", "/").rpartition("/")[2])[:LONGEST_NAME] or "没有名字的文件"


def _digest(upload: Upload) -> str:
    return hashlib.sha256(upload.content).hexdigest()


class _Reader:
    """The other process, started when it is needed and again after a file that broke it."""

    def __init__(self, around: date) -> None:
        self._around = around.isoformat()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def ask(self, upload: Upload) -> dict[str, Any] | Problem:
        """What it read, or why it did not come through."""
        process = self._process = self._process or _start()
        asked = {"name": shown_name(upload.name), "size": len(upload.content), "around": self._around}
        with _deadline(process) as passed:
            answer = _exchange(process, json.dumps(asked).encode() + b"\n" + upload.content)
        if answer:
            said: dict[str, Any] = json.loads(answer)
            return said
        self._end()
        return checks.problem("took_too_long" if passed.is_set() else "damaged")

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def _deadline(process: "subprocess.Popen[bytes]") -> Iterator[threading.Event]:
    """Ends the process when it takes too long over a file; the event tells that this is why."""
    passed = threading.Event()

    def end() -> None:
        passed.set()
        process.kill()

    watch = threading.Timer(SECONDS_A_FILE, end)
    watch.start()
    try:
        yield passed
    finally:
        watch.cancel()


def _start() -> "subprocess.Popen[bytes]":
    """With nothing of our environment, least of all its secrets; what it complains of could quote the file."""
    home = str(Path(app.__file__).parents[1])
    environment = {"PYTHONPATH": home, "PATH": os.defpath, "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "app.proposals.intake.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
    )


def _exchange(process: "subprocess.Popen[bytes]", sent: bytes) -> bytes:
    """Empty when the process ended before it answered."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(sent)
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return b""
