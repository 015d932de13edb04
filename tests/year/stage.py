"""What the play stands on: doors to knock at, a calendar to move, a command to run, somebody to tell."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple, Protocol

import httpx

PATIENCE = 240.0  # seconds of real time for what the service does by itself, on a machine with more to do
BETWEEN = 0.05


class Ran(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    said: str


class Stage(Protocol):
    """The service in this process on a clock that steps, or a running one elsewhere.

    `passwords` and `tokens` are the operators', by name; `transport` reaches both addresses.
    """

    service_url: str
    standin_url: str
    transport: httpx.AsyncBaseTransport
    passwords: dict[str, str]
    tokens: dict[str, str]

    async def go_to(self, moment: datetime) -> None:
        """From now on the service's calendar says that it is `moment`."""

    async def let_pass(self, seconds: float) -> None: ...

    async def shishi(self, *arguments: str) -> Ran:
        """Run the command on the service's data."""

    def tell(self, said: str) -> None:
        """One line on how the play goes."""


async def until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait for what happens by itself. Raises AssertionError when it does not."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not await holds():
                await asyncio.sleep(BETWEEN)
    except TimeoutError:
        raise AssertionError(f"after {PATIENCE:.0f} s: {what}") from None
