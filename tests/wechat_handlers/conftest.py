"""Pushing ready-made messages to one or several services that share a database."""

from collections.abc import Awaitable, Callable

import pytest

from app.main import Service
from tests.fixtures.service import RunningService
from tests.wechat_handlers import callback

Push = Callable[..., Awaitable[str]]


@pytest.fixture
def push(service: RunningService) -> Push:
    """`await push(message)`, or `push(message, replica)`: the reply's text."""

    async def push(message: str, app: Service | None = None) -> str:
        now = service.clock.wall().timestamp()
        return await callback.push(app or service.app, service.settings, message, now)

    return push


Moved = Callable[[], dict[str, list[str]]]


@pytest.fixture
def rows(service: RunningService) -> Moved:
    """All rows but the fingerprints of requests, of which every attempt leaves one."""

    def rows() -> dict[str, list[str]]:
        dump = service.dump()
        del dump["callback_requests"]
        return dump

    return rows
