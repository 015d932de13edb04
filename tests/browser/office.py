"""The whole service, the platform behind it, and the desks of operators who sign in by password."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from app.clock import Clock
from app.database import Database
from app.main import create_app
from app.operators import service
from app.operators.passwords import hash_password
from app.settings import PushSettings
from app.triage import phases
from models.enums import Role
from tests.browser.conftest import free_port, serve, wait_for
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import make_settings
from tests.fixtures.platforms import account_of
from tests.fixtures.service import load_campaign
from tests.standin import app as standin
from tests.standin.platform import Platform

PASSWORD = "correct horse battery"
WIDE = {"width": 1440, "height": 900}
PATIENCE = 30_000  # milliseconds


@dataclass
class Office:
    """`complaints` and `hosts`: what the browsers complained of, and whom they asked."""

    url: str
    database: Database
    platform: Platform
    browser: Browser
    loop: asyncio.AbstractEventLoop
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    contexts: list[BrowserContext] = field(default_factory=list)

    def employ(self, name: str, role: Role) -> None:
        with self.database.writing() as session:
            service.add(session, name, hash_password(PASSWORD), [role], actor="cli:tester", clock=Clock())

    def turn_to(self, phase: str) -> None:
        with self.database.writing() as session:
            phases.set_phase(session, "2018", phase, "开会定的", actor="cli:tester", clock=Clock())

    def desk_of(self, name: str) -> Page:
        """A browser of its own, in which this operator has signed in."""
        context = self.browser.new_context(base_url=self.url, viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda line: self.complaints.append(f"{line.page and line.page.url}: {line.text}"))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.contexts.append(context)
        page = context.new_page()
        page.goto("/console/sign-in")
        page.get_by_label("名字").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/console/")
        return page

    def says(self, openid: str, *words: str) -> str:
        """What the account answers a worker to the last of these words."""
        replies: list[str] = [self._wait(self.platform.say(openid, one)).reply_text for one in words]
        return replies[-1]

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE / 1000)


@contextmanager
def open_office(database: Database, browser: Browser) -> Iterator[Office]:
    """It opens while proposals are collected; messages go out at any hour."""
    service_port, platform_port = free_port(), free_port()
    url, reached = f"http://127.0.0.1:{service_port}", f"http://127.0.0.1:{platform_port}"
    account = make_settings().wechat.model_copy(update={"api_url": reached, "open_url": reached})
    push = PushSettings(quiet_hours="")
    settings = make_settings(str(database.url), public_url=url, wechat=account, push=push)
    load_campaign(database, SteppingClock())
    platform = Platform(account_of(account), callback=httpx.AsyncClient(), callback_url=f"{url}/wechat")
    servers = [
        uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
        for app, port in ((create_app(settings), service_port), (standin.create_app(platform), platform_port))
    ]
    with _running(lambda: serve(servers, platform), servers) as loop:
        wait_for(service_port, platform_port)
        office = Office(url, database, platform, browser, loop)
        office.turn_to("collecting")
        yield office
        for context in office.contexts:
            context.close()


@contextmanager
def _running(
    work: Callable[[], Coroutine[Any, Any, None]], servers: list[uvicorn.Server]
) -> Iterator[asyncio.AbstractEventLoop]:
    """In a thread with a loop of its own, until the servers are told to go."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(work(),))
    thread.start()
    try:
        yield loop
    finally:
        for server in servers:
            server.should_exit = True
        thread.join()
        loop.close()
