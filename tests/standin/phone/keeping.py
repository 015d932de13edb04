"""The chats over a restart: one JSON file, written shortly after something changed."""

import asyncio
import json
from pathlib import Path

from tests.standin.listeners import News
from tests.standin.platform import Platform

PAUSE = 1.0  # between two writes, so that a broadcast does not write the file for every message


class Keeper:
    def __init__(self, platform: Platform, file: Path) -> None:
        self._platform = platform
        self._file = file
        self._changed = asyncio.Event()
        platform.listeners.subscribe(self._hear)

    def restore(self) -> None:
        if self._file.exists():
            self._platform.restore(json.loads(self._file.read_text("utf-8")))

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
            self.save()
            await asyncio.sleep(PAUSE)

    async def _hear(self, news: News) -> None:
        if news.kind != "wire":
            self._changed.set()
