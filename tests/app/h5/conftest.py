"""A worker's phone with the service on both databases: the chat, and the pages in its web-view."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.routing import Route

from app import h5
from app.campaigns.loader import load_toml
from app.campaigns.service import load, set_phase
from app.database import Database
from app.installation import Installation
from app.settings import Settings
from models import Draft, Proposal
from tests.app.h5.markup import Markup
from tests.app.h5.samples import FILE
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import make_settings
from tests.fixtures.platforms import Doorstep
from tests.standin.phone.proxy import WECHAT
from tests.standin.platform import Platform
from tests.standin.state import Person
from wechat_handlers.codec import Codec
from wechat_handlers.routes import ChatDoor
from wechat_handlers.visit import House


@dataclass
class Page:
    """A page that is open on the phone. `answer` is how it came, after all redirects."""

    view: "WebView"
    answer: httpx.Response

    @property
    def markup(self) -> Markup:
        return Markup(self.answer.text)

    @property
    def text(self) -> str:
        return self.markup.text

    @property
    def fields(self) -> dict[str, str]:
        return self.markup.fields

    @property
    def path(self) -> str:
        return self.answer.url.path

    async def press(self, deed: str = "save", **typed: str) -> "Page":
        """Fill in what is given, leave the rest as it stands, and press a button of the first form."""
        address = self.markup.action or str(self.answer.url)
        answer = await self.view.browser.post(address, data={**self.fields, **typed, "deed": deed})
        return Page(self.view, answer)


@dataclass
class WebView:
    """One person's pages: a cookie jar of their own, and the platform that knows who holds the phone."""

    browser: httpx.AsyncClient

    async def open(self, path: str) -> Page:
        return Page(self, await self.browser.get(path))


@dataclass
class World:
    service: FastAPI
    installation: Installation
    platform: Platform
    clock: SteppingClock
    database: Database
    opened: list[httpx.AsyncClient] = field(default_factory=list)
    transport: httpx.ASGITransport | None = None

    def worker(self, name: str = "王建国") -> Person:
        return self.platform.add_person(name, following=True)

    def phone_of(self, person: Person, user_agent: str = WECHAT) -> WebView:
        browser = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.service),
            mounts={"http://platform.test": self.transport},
            base_url=self.installation.settings.public_url,
            headers={"user-agent": user_agent, "x-standin-person": person.openid},
            follow_redirects=True,
        )
        self.opened.append(browser)
        return WebView(browser)

    async def says(self, person: Person, *messages: str) -> str:
        """What the account answers to the last of these messages."""
        reply = ""
        for message in messages:
            self.clock.advance(seconds=1)
            reply = (await self.platform.say(person.openid, message)).reply_text
        return reply

    def proposals(self) -> list[Proposal]:
        with self.database.reading() as session:
            return list(session.scalars(select(Proposal).order_by(Proposal.id)))

    def drafts(self) -> list[Draft]:
        with self.database.reading() as session:
            return list(session.scalars(select(Draft).order_by(Draft.id)))

    def set_phase(self, word: str) -> None:
        with self.database.writing() as session:
            set_phase(session, "2018", word, "开会定的", actor="cli:tester", clock=self.clock)


@pytest.fixture
def settings(database: Database) -> Settings:
    """The service opens the test's database by itself."""
    return make_settings(database.url.render_as_string(hide_password=False))


def chat_door(installation: Installation) -> ChatDoor:
    house = House(installation.settings, installation.keyring, installation.clock)
    codec = Codec(installation.settings.wechat)
    return ChatDoor(codec, installation.writer, house, installation.clock, installation.wake_up)


Build = Callable[[Settings], FastAPI]


@pytest.fixture
def build(clock: SteppingClock, platform_transport: httpx.ASGITransport) -> Build:
    def build(settings: Settings) -> FastAPI:
        installation = Installation.build(settings, clock=clock, transport=platform_transport)

        @asynccontextmanager
        async def life(_service: FastAPI) -> AsyncIterator[None]:
            installation.start()
            yield
            await installation.close()

        service = FastAPI(lifespan=life)
        service.state.installation = installation
        service.router.routes.append(Route("/wechat", chat_door(installation)))
        service.mount(h5.PREFIX, h5.Pages(installation))
        return service

    return build


@pytest.fixture
async def world(
    settings: Settings,
    build: Build,
    database: Database,
    platform: Platform,
    platform_transport: httpx.ASGITransport,
    doorstep: Doorstep,
    clock: SteppingClock,
) -> AsyncIterator[World]:
    with database.writing() as session:
        load(session, load_toml(FILE.read_text(encoding="utf-8")), actor="cli:tester", clock=clock)
    service = build(settings)
    doorstep.app = service
    async with service.router.lifespan_context(service):
        world = World(service, service.state.installation, platform, clock, database, transport=platform_transport)
        yield world
        for browser in world.opened:
            await browser.aclose()
