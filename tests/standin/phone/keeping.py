"""The chats over a restart: one JSON file, written shortly after something changed."""

import asyncio
import json
import time
from pathlib import Path

from tests.standin.listeners import News
from tests.standin.platform import Platform

PAUSE = 1.0  # between two writes, so that a broadcast does not write the file for every message
SHARE = 20  # of its time at most goes into writing: the chats of thousands take long


class Unreadable(Exception):
    """The kept chats are damaged; says which file."""


class Keeper:
    def __init__(self, platform: Platform, file: Path) -> None:
        self._platform = platform
        self._file = file
        self._changed = asyncio.Event()
        platform.listeners.subscribe(self._hear)

    def restore(self) -> None:
        """Take up the chats where they ended; raises Unreadable for a file that holds something else."""
        if not self._file.exists():
            return
        try:
            self._platform.restore(json.loads(self._file.read_text("utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"聊天记录 {self._file} 读不懂了，请把它移走再来。") from error

    def save(self) -> None:
        """Replace the file as a whole, readable by its owner alone."""
        draft = self._file.with_suffix(".draft")
        text = json.dumps(self._platform.snapshot(), ensure_ascii=False)
        draft.touch(mode=0o600)
        draft.write_text(text, "utf-8")
        draft.replace(self._file)

    async def run(self) -> None:
        """Keep saving until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            began = time.perf_counter()
            self.save()
            await asyncio.sleep(max(PAUSE, SHARE * (time.perf_counter() - began)))

    async def _hear(self, news: News) -> None:
        if news.kind != "wire":
            self._changed.set()
