"""A stand-in with a phone, and the tiny service behind it, all in this process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.phone.service import MENU, Service
from tests.standin.phone.app import with_phone
from tests.standin.phone.routes import Phone
from tests.standin.platform import Platform
from tests.standin.state import Account, Person

SERVICE = "http://service.test"
STANDIN = "http://standin.test"
ACCOUNT = Account(
    appid="wx0123456789abcdef",
    secret="0123456789abcdef0123456789abcdef",
    token="phonetest",
    encoding_aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
)
SETTINGS = {
    "SHISHI_WECHAT__APP_ID": ACCOUNT.appid,
    "SHISHI_WECHAT__APP_SECRET": ACCOUNT.secret,
    "SHISHI_WECHAT__TOKEN": ACCOUNT.token,
    "SHISHI_WECHAT__ENCODING_AES_KEY": ACCOUNT.encoding_aes_key,
    "SHISHI_WECHAT__API_URL": STANDIN,
    "SHISHI_WECHAT__OPEN_URL": STANDIN,
    "SHISHI_PUBLIC_URL": SERVICE,
}


@dataclass
class World:
    """`page` is a browser's view of the stand-in: it follows no redirect by itself and keeps cookies."""

    service: Service
    platform: Platform
    phone: Phone
    page: httpx.AsyncClient

    def worker(self, name: str) -> Person:
        return next(person for person in self.platform.people.values() if person.name == name)

    async def does(self, name: str, verb: str, **fields: Any) -> list[dict[str, Any]]:
        """What a worker's doing adds to the chat."""
        answer = await self.page.post(f"/phone/people/{self.worker(name).openid}/{verb}", json=fields)
        assert answer.status_code == 200, answer.text
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries

    async def opens(self, name: str, url: str) -> httpx.Response:
        """Open a page on the phone of `name`, wherever that leads."""
        path = f"/phone/people/{self.worker(name).openid}/open"
        return await self.page.get(path, params={"url": url}, follow_redirects=True)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    # The two need one another; the route from the service to the platform is laid last.
    async with httpx.AsyncClient(base_url=STANDIN) as to_platform:
        service = Service(SETTINGS, to_platform)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app)) as to_service:
            platform = Platform(ACCOUNT, callback=to_service, callback_url=f"{SERVICE}/wechat", public_url=STANDIN)
            app, phone = with_phone(platform, to_service, SERVICE)
            phone.invite()
            await platform.set_menu(MENU)
            transport = httpx.ASGITransport(app)
            async with (
                httpx.AsyncClient(transport=transport, base_url=STANDIN) as page,
                httpx.AsyncClient(transport=transport, base_url=STANDIN) as service.platform,
            ):
                yield World(service, platform, phone, page)
