"""Something that is looked after once in a while and may have to ask the platform."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)


class Tending:
    """Calls `tend` every so many seconds until `stop`. An error is logged; the next time it is tried again."""

    def __init__(self, tend: Callable[[], Awaitable[object]], seconds: float) -> None:
        self._tend = tend
        self._seconds = seconds
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._tend()
            except Exception:
                log.exception("tending failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._seconds)

    def stop(self) -> None:
        """What is under way is finished first: await `run` after this."""
        self._stopping.set()
