"""Servers under measurement, each a process of its own on the first core; the client has the other."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.pushes import Keys

ROOT = Path(__file__).resolve().parents[2]
KEYS = Keys("wx0123456789abcdef", "callbacktoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
SECRET = "a secret of the bench, thirty-two characters"
PROGRAM = str(Path(sys.executable).with_name("shishi"))
START_SECONDS = 60
CORES = sorted(os.sched_getaffinity(0))
FIRST, LAST = CORES[0], CORES[-1]


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """What the process has used so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_megabytes(self) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the server is gone")


def environment(database_url: str) -> dict[str, str]:
    """Settings of a made-up account whose platform is nowhere: nothing is sent during a measurement."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SHISHI_DATABASE_URL": database_url,
        "SHISHI_SECRET_KEY": SECRET,
        "SHISHI_WECHAT__APP_ID": KEYS.app_id,
        "SHISHI_WECHAT__APP_SECRET": "unused",
        "SHISHI_WECHAT__TOKEN": KEYS.token,
        "SHISHI_WECHAT__ENCODING_AES_KEY": KEYS.aes_key,
        "SHISHI_WECHAT__API_URL": "http://127.0.0.1:9",
        "SHISHI_CHAT__PER_MINUTE": "0",
    }


@contextmanager
def base(name: str, **settings: str) -> Iterator[Server]:
    """The application in tests/bench/base_NAME.py."""
    quiet = ["--no-access-log", "--log-level", "warning", "--timeout-keep-alive", "75"]
    command = [sys.executable, "-m", "uvicorn", f"tests.bench.base_{name}:app", *quiet]
    with _running(command, {**environment("sqlite://"), **settings}) as server:
        yield server


@contextmanager
def shishi(database_url: str, **settings: str) -> Iterator[Server]:
    """The real service on a database that is ready."""
    with _running([PROGRAM, "serve"], {**environment(database_url), **settings}) as server:
        yield server


@contextmanager
def platform() -> Iterator[Server]:
    """A platform that takes every message, on the core of the client."""
    with _running([sys.executable, "-m", "tests.bench.platform"], environment("sqlite://"), LAST) as server:
        yield server


def collecting(database_url: str) -> None:
    """Migrated, with the campaign of 2018 set to collecting."""
    for arguments in (
        ["migrate"],
        ["campaign", "load", str(ROOT / "deploy" / "campaigns" / "2018.toml")],
        ["campaign", "phase", "2018", "collecting", "--reason", "测速"],
    ):
        subprocess.run(
            [PROGRAM, *arguments], env=environment(database_url), cwd="/", check=True, capture_output=True
        )


@contextmanager
def _running(command: list[str], settings: dict[str, str], core: int = FIRST) -> Iterator[Server]:
    port = _free_port()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        env=settings,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        os.sched_setaffinity(process.pid, {core})
        _wait(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not start")
