"""The live stream to open phone pages: what is said, what goes over the wire, what is switched."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from tests.standin.listeners import News
from tests.standin.phone.views import chat_line, wire_line
from tests.standin.platform import Platform

HEARTBEAT = 15.0
WAITING_LIMIT = 1000


class Events:
    """Server-sent events, one queue a page; a page that stops reading is let go and will come back."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._pages: set[asyncio.Queue[str]] = set()
        self._faults = platform.faults.to_json()
        platform.listeners.subscribe(self._hear)

    async def stream(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str] = asyncio.Queue(WAITING_LIMIT)
        self._pages.add(queue)
        try:
            yield ": hello\n\n"
            while queue in self._pages:
                yield await self._next(queue)
        finally:
            self._pages.discard(queue)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        for queue in self._pages:
            if not queue.full():
                queue.put_nowait(": bye\n\n")
        self._pages.clear()

    def tell(self, kind: str, data: Any) -> None:
        message = f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        for queue in tuple(self._pages):
            if queue.full():
                self._pages.discard(queue)
            else:
                queue.put_nowait(message)

    def tell_faults(self) -> None:
        """Counted faults use themselves up, so this is asked after every line."""
        faults = self._platform.faults.to_json()
        if faults != self._faults:
            self._faults = faults
            self.tell("faults", faults)

    async def _hear(self, news: News) -> None:
        if news.kind == "chat":
            line = chat_line(news.entry, self._platform.public_url)
            self.tell("chat", {"person": news.openid, "entry": line})
        elif news.kind == "wire":
            self.tell("wire", wire_line(news.entry, self._platform.account))
        else:
            self.tell("menu", news.entry)
        self.tell_faults()

    async def _next(self, queue: asyncio.Queue[str]) -> str:
        try:
            return await asyncio.wait_for(queue.get(), HEARTBEAT)
        except TimeoutError:
            return ": still here\n\n"
