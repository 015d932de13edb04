"""The calls of a batch that are under way, and their answers until somebody takes them up."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from app.outbox.outcomes import Message, Outcome


class Unit(NamedTuple):
    """One call of the platform, and the messages it is about."""

    messages: Sequence[Message]
    send: Callable[[], Awaitable[Outcome]]


class Flight:
    """However many are under way, an answer costs the same: each call tells by itself that it has ended."""

    def __init__(self) -> None:
        self._calls: dict[asyncio.Future[Outcome], Unit] = {}
        self._ended: list[tuple[Unit, asyncio.Future[Outcome]]] = []
        self._news = asyncio.Event()

    def __len__(self) -> int:
        """How many are under way."""
        return len(self._calls)

    def begin(self, unit: Unit) -> None:
        call = asyncio.ensure_future(unit.send())
        self._calls[call] = unit
        call.add_done_callback(self._end)

    def take(self) -> list[tuple[Unit, Outcome]]:
        """The answers since the last time. Raises what a call has raised."""
        self._news.clear()
        ended, self._ended = self._ended, []
        return [(unit, call.result()) for unit, call in ended]

    async def news(self, seconds: float) -> None:
        """Until there is an answer to take, or somebody has said `wake`; so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._news.wait()

    def wake(self) -> None:
        self._news.set()

    def cancel(self) -> None:
        """Nobody waits for them any more."""
        for call in self._calls:
            call.remove_done_callback(self._end)
            call.cancel()

    def _end(self, call: "asyncio.Future[Outcome]") -> None:
        self._ended.append((self._calls.pop(call), call))
        self._news.set()
