"""Where a demonstration lives: two ports, one directory, and that nobody else is using them."""

import fcntl
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.standin.demo.errors import CannotRun

HOST = "127.0.0.1"
LAST_PORT = 65_535


@dataclass(frozen=True)
class Place:
    """The service listens on `port`, the stand-in on the one after it. `year`: the whole year is to be played."""

    port: int
    directory: Path
    year: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Place":
        """DEMO_PORT and DEMO_DIR; raises CannotRun when the port is no port. YEAR has a directory of its own."""
        port = environment.get("DEMO_PORT") or "8000"
        if not port.isdecimal() or not 1 <= int(port) < LAST_PORT:
            raise CannotRun(
                f"DEMO_PORT 应是 1 到 {LAST_PORT - 1} 之间的数，现在是 {port}。\n"
                f"DEMO_PORT must be a number from 1 to {LAST_PORT - 1}, not {port}."
            )
        year = bool(environment.get("YEAR"))
        usual = ".demo-year" if year else ".demo"
        return cls(int(port), Path(environment.get("DEMO_DIR") or usual).absolute(), year)

    @property
    def service_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def standin_url(self) -> str:
        return f"http://{HOST}:{self.port + 1}"

    @property
    def database(self) -> Path:
        return self.directory / "shishi.db"

    @property
    def secrets(self) -> Path:
        return self.directory / "secrets.json"

    @property
    def chats(self) -> Path:
        return self.directory / "standin.json"

    def clear(self) -> None:
        """Remove what an attempt that never got ready has left."""
        for file in (*self.directory.glob(f"{self.database.name}*"), self.chats):
            file.unlink(missing_ok=True)

    def check_kind(self, played: bool) -> None:
        """What was begun as an ordinary demonstration stays one. `played`: the year has been."""
        if self.year and not played:
            raise CannotRun(
                f"{self.directory} 里已有一场普通的演示，一整年的演示请用 DEMO_DIR 换一个目录。\n"
                f"{self.directory} holds an ordinary demonstration. Choose another directory with DEMO_DIR."
            )

    def check_database(self) -> None:
        """A database without our secrets beside it is not a demonstration's: leave it alone."""
        if self.database.exists() and not self.secrets.exists():
            raise CannotRun(
                f"{self.database} 不是演示留下的数据库，不去动它。请用 DEMO_DIR 换一个目录。\n"
                f"{self.database} does not belong to a demonstration. Choose another directory with DEMO_DIR."
            )

    def check_ports(self) -> None:
        for port in (self.port, self.port + 1):
            if not _is_free(port):
                raise CannotRun(
                    f"端口 {port} 已被占用。请关掉占用它的程序，或换一个端口：DEMO_PORT=9000 make demo\n"
                    f"Port {port} is in use. Stop what uses it, or choose another: DEMO_PORT=9000 make demo"
                )

    @contextmanager
    def occupied(self) -> Iterator[None]:
        """Hold the directory, made if need be and closed to others, for this demonstration alone."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.directory / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise CannotRun(
                f"用不了目录 {self.directory}：{error.strerror}。请用 DEMO_DIR 换一个。\n"
                f"Cannot use the directory {self.directory}. Choose another with DEMO_DIR."
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise CannotRun(
                f"目录 {self.directory} 里已有一场演示在进行。\n"
                f"A demonstration is already running in {self.directory}."
            ) from None
        finally:
            os.close(lock)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
