"""The real server as a process that is killed without warning and started again on the same data."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE
from asyncio.subprocess import Process as Running
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import cycle
from pathlib import Path

from app.settings import Settings

SHISHI = str(Path(sys.executable).with_name("shishi"))
LISTENING = re.compile(rb":(\d+) ")


class Process:
    """A command of ours that stays, and logs to a file of its name; `more` are settings by their names."""

    name = "worker"
    order: Sequence[str] = ("worker",)

    def __init__(self, settings: Settings, directory: Path, **more: str) -> None:
        self._environment = {**os.environ, **environment(settings), **more, "PYTHONUTF8": "1"}
        self._directory = directory
        self._process: Running | None = None

    async def start(self) -> None:
        with (self._directory / f"{self.name}.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(SHISHI, *self.order), stdout=PIPE, stderr=log, env=self._environment, cwd=self._directory
            )

    async def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        assert self._process
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        await self._process.communicate()

    def last_words(self) -> str:
        return (self._directory / f"{self.name}.log").read_text("utf-8")[-4000:]


class Server(Process):
    """`up` is set while a process listens, at `url`."""

    name = "server"
    order: Sequence[str] = ("serve", "--port", "0")

    def __init__(self, settings: Settings, directory: Path, **more: str) -> None:
        super().__init__(settings, directory, **more)
        self.up = asyncio.Event()
        self.url = ""

    async def start(self) -> None:
        """Returns as soon as it listens: requests wait in the backlog until it is ready to answer."""
        await super().start()
        assert self._process
        assert self._process.stdout
        listening = LISTENING.search(await self._process.stdout.readline())
        assert listening, self.last_words()
        self.url = f"http://127.0.0.1:{int(listening[1])}/wechat"
        self.up.set()

    async def kill(self) -> None:
        self.up.clear()
        await super().kill()


class DoorsAlone(Server):
    order = (*Server.order, "--no-background")


class Replicas:
    """Several servers as one: each request goes to the next of those that listen. One of them always does."""

    def __init__(self, *servers: Server) -> None:
        self._turns = cycle(servers)
        self._servers = servers
        self.up = asyncio.Event()
        self.up.set()

    @property
    def url(self) -> str:
        return next(server.url for server in self._turns if server.up.is_set())

    def last_words(self) -> str:
        return "\n".join(server.last_words() for server in self._servers)


def environment(settings: Settings) -> Mapping[str, str]:
    account = settings.wechat
    return {
        "SHISHI_DATABASE_URL": settings.database_url,
        "SHISHI_SECRET_KEY": settings.secret_key.get_secret_value(),
        "SHISHI_WECHAT__APP_ID": account.app_id,
        "SHISHI_WECHAT__APP_SECRET": account.app_secret.get_secret_value(),
        "SHISHI_WECHAT__TOKEN": account.token.get_secret_value(),
        "SHISHI_WECHAT__ACCOUNT_KIND": account.account_kind.value,
        "SHISHI_WECHAT__ENCODING_AES_KEY": account.encoding_aes_key.get_secret_value(),
        "SHISHI_WECHAT__API_URL": "http://127.0.0.1:9",  # nobody listens there
        "SHISHI_WECHAT__OPEN_URL": "http://127.0.0.1:9",
        "SHISHI_CHAT__PER_MINUTE": "0",
    }
