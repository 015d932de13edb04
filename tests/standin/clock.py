"""Time as the platform sees it: the real one for the demo, one moved by hand for tests."""

import asyncio
import time
from datetime import datetime, timedelta, timezone
from typing import Protocol

BEIJING = timezone(timedelta(hours=8))


def beijing_day(now: float) -> str:
    """Such as 2018-11-01; the platform's days and months are Beijing's."""
    return datetime.fromtimestamp(now, BEIJING).date().isoformat()


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970, UTC."""

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ManualClock:
    """Stands still until advanced; sleeping advances it, so a test never waits."""

    def __init__(self, start: float = 1_541_030_400) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)
