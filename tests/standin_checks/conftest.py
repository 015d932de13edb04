"""An account, a tiny service, and the platform between them, all in one process."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.standin.app import create_app
from tests.standin.clock import ManualClock
from tests.standin.platform import Platform
from tests.standin.state import Account, Person
from tests.standin_checks.echo import Echo


@pytest.fixture
def account() -> Account:
    return Account(
        appid="wx0123456789abcdef",
        secret="0123456789abcdef0123456789abcdef",
        token="shishitoken",
        encoding_aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        previous_encoding_aes_key="kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
    )


@pytest.fixture
def echo(account: Account) -> Echo:
    return Echo(account)


@pytest.fixture
async def platform(account: Account, echo: Echo) -> AsyncIterator[Platform]:
    transport = httpx.ASGITransport(app=echo)
    async with httpx.AsyncClient(transport=transport) as callback:
        platform = Platform(account, callback=callback, callback_url="http://service/wechat", clock=ManualClock())
        yield platform
        echo.release.set()
        await platform.settle()


@pytest.fixture
def clock(platform: Platform) -> ManualClock:
    assert isinstance(platform.clock, ManualClock)
    return platform.clock


@pytest.fixture
def li(platform: Platform) -> Person:
    """A follower who has not written yet."""
    return platform.add_person("李桂兰", following=True)


class Api:
    """The service's side of the API: calls with a token, reads the JSON whatever its label."""

    def __init__(self, platform: Platform, client: httpx.AsyncClient) -> None:
        self.client = client
        self.token = platform.tokens.stable(force=False)[0]

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        answer = await self.client.get(path, params={"access_token": self.token, **query})
        assert answer.status_code == 200
        return dict(answer.json())

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post(path, params={"access_token": self.token}, json=body)
        assert answer.status_code == 200
        return dict(answer.json())


@pytest.fixture
async def api(platform: Platform) -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(app=create_app(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://standin") as client:
        yield Api(platform, client)
