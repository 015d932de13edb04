"""The real server as a process that is killed without warning and started again on the same data."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from app.settings import Settings

SHISHI = str(Path(sys.executable).with_name("shishi"))
LISTENING = re.compile(rb":(\d+) ")


class Server:
    """`up` is set while a process listens, at `url`. `more` are settings by their names."""

    def __init__(self, settings: Settings, directory: Path, **more: str) -> None:
        self.up = asyncio.Event()
        self.url = ""
        self._environment = {**os.environ, **environment(settings), **more, "PYTHONUTF8": "1"}
        self._directory = directory
        self._process: Process | None = None

    async def start(self) -> None:
        """Returns as soon as it listens: requests wait in the backlog until it is ready to answer."""
        with (self._directory / "server.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(SHISHI, "serve", "--port", "0"),
                stdout=PIPE,
                stderr=log,
                env=self._environment,
                cwd=self._directory,
            )
        assert self._process.stdout
        listening = LISTENING.search(await self._process.stdout.readline())
        assert listening, self.last_words()
        self.url = f"http://127.0.0.1:{int(listening[1])}/wechat"
        self.up.set()

    async def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        self.up.clear()
        assert self._process
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        await self._process.communicate()

    def last_words(self) -> str:
        return (self._directory / "server.log").read_text("utf-8")[-4000:]


def environment(settings: Settings) -> Mapping[str, str]:
    account = settings.wechat
    return {
        "SHISHI_DATABASE_URL": settings.database_url,
        "SHISHI_SECRET_KEY": settings.secret_key.get_secret_value(),
        "SHISHI_WECHAT__APP_ID": account.app_id,
        "SHISHI_WECHAT__APP_SECRET": account.app_secret.get_secret_value(),
        "SHISHI_WECHAT__TOKEN": account.token.get_secret_value(),
        "SHISHI_WECHAT__ENCODING_AES_KEY": account.encoding_aes_key.get_secret_value(),
        "SHISHI_WECHAT__API_URL": "http://127.0.0.1:9",  # nobody listens there
        "SHISHI_WECHAT__OPEN_URL": "http://127.0.0.1:9",
        "SHISHI_CHAT__PER_MINUTE": "0",
    }
