"""A real browser at a real service and a real stand-in, all on loopback; skipped where there is no Chromium."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app import console, h5
from app.campaigns.loader import load_toml
from app.campaigns.service import load, set_phase
from app.clock import Clock
from app.console.session import PATH, SESSION
from app.database import Database
from app.installation import Installation
from app.operators import sessions
from models.enums import Role
from tests.app.ballots.station import put_up
from tests.app.h5.samples import FILE
from tests.app.triage.room import Room, furnish
from tests.fixtures.browsers import QUIET, find_chromium
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import make_settings
from tests.fixtures.platforms import account_of
from tests.standin.app import create_app
from tests.standin.phone.proxy import WECHAT
from tests.standin.platform import Platform

PHONE = {"width": 375, "height": 667}
DESK = {"width": 1280, "height": 800}

OpenPhone = Callable[..., BrowserContext]
OpenDesk = Callable[[Role], Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Closed with its module: while it is open a loop runs in this thread, and no asynchronous test could."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Town:
    """The service and the platform, as a browser reaches them."""

    url: str
    installation: Installation
    platform: Platform
    database: Database


@pytest.fixture
def town(sqlite_database: Database) -> Iterator[Town]:
    service_port, platform_port = free_port(), free_port()
    account = make_settings().wechat.model_copy(
        update=dict.fromkeys(("api_url", "open_url"), f"http://127.0.0.1:{platform_port}")
    )
    url = f"http://127.0.0.1:{service_port}"
    settings = make_settings(str(sqlite_database.url), public_url=url, wechat=account)
    with sqlite_database.writing() as session:
        load(session, load_toml(FILE.read_text(encoding="utf-8")), actor="cli:tester", clock=Clock())
        set_phase(session, "2018", "collecting", "演示", actor="cli:tester", clock=Clock())
    installation = Installation.build(settings)
    platform = Platform(account_of(account), callback=httpx.AsyncClient(), callback_url=f"{url}/wechat")
    servers = [
        uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
        for app, port in ((pages_of(installation), service_port), (create_app(platform), platform_port))
    ]
    thread = threading.Thread(target=asyncio.run, args=(serve(servers, platform),))
    thread.start()
    wait_for(service_port, platform_port)
    yield Town(url, installation, platform, sqlite_database)
    for server in servers:
        server.should_exit = True
    thread.join()


@pytest.fixture
def open_phone(chromium: Browser, town: Town) -> Iterator[OpenPhone]:
    """A new worker's phone: a browser context that says it is WeChat's, and whose it is."""
    contexts = []

    def open_phone(**options: Any) -> BrowserContext:
        person = town.platform.add_person("王建国", following=True)
        headers = {"x-standin-person": person.openid}
        shape: dict[str, Any] = {"viewport": PHONE, "user_agent": WECHAT, "locale": "zh-CN", **options}
        contexts.append(chromium.new_context(base_url=town.url, extra_http_headers=headers, **shape))
        contexts[-1].set_default_timeout(15_000)
        return contexts[-1]

    yield open_phone
    for context in contexts:
        context.close()


@pytest.fixture
def open_desk(chromium: Browser, town: Town) -> Iterator[OpenDesk]:
    """A page in which an operator of this role is signed in; at its end, no page may have complained."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    clock = SteppingClock(town.installation.clock.now())
    with town.database.writing() as session:
        furnish(Room(session, clock))
        put_up(Room(session, clock))

    def open_desk(role: Role) -> Page:
        with town.database.writing() as session:
            account = Room(session, clock).account(role.value)
            cookie = sessions.begin(session, account.id, "Chrome，Linux", town.installation.clock)
        context = chromium.new_context(base_url=town.url, locale="zh-CN")
        context.add_cookies([{"name": SESSION, "value": cookie, "url": town.url + PATH}])
        context.set_default_timeout(15_000)
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    yield open_desk
    for context in contexts:
        context.close()
    assert complaints == []


def pages_of(installation: Installation) -> FastAPI:
    @asynccontextmanager
    async def life(_service: FastAPI) -> AsyncIterator[None]:
        installation.start()
        yield
        await installation.close()

    service = FastAPI(lifespan=life)
    service.mount(h5.PREFIX, h5.Pages(installation))
    console.mount(service, installation)
    return service


async def serve(servers: list[uvicorn.Server], platform: Platform) -> None:
    await asyncio.gather(*(server.serve() for server in servers))
    await platform.callback.aclose()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(*ports: int) -> None:
    """Connecting is refused at once until somebody listens."""
    for port in ports:
        while True:
            with socket.socket() as caller:
                if caller.connect_ex(("127.0.0.1", port)) == 0:
                    break
