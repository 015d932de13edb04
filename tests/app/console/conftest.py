"""The console on both databases, with the campaign loaded and an operator of each role."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app import console
from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.console.session import SESSION, form_token
from app.database import Database
from app.installation import Installation
from app.operators import queries, service, sessions
from app.operators.passwords import PasswordHash
from app.operators.queries import Account
from models.enums import PhaseKind, Role
from tests.app.console.evil import write_everything
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import NOWHERE, make_settings
from tests.fixtures.service import CAMPAIGN_FILE


@dataclass
class Desk:
    """A browser at the console. `account` is whose it is, None for a stranger's."""

    browser: httpx.AsyncClient
    token: str
    account: Account | None

    async def open(self, path: str, **query: Any) -> httpx.Response:
        return await self.browser.get(path, params=query or None)

    async def post(self, path: str, follow: bool = True, **fields: Any) -> httpx.Response:
        """A form of our own page; what it redirects to unless not to `follow`."""
        return await self.browser.post(path, data={"token": self.token, **fields}, follow_redirects=follow)

    async def upload(self, path: str, files: Any, **fields: Any) -> httpx.Response:
        return await self.browser.post(
            path, data={"token": self.token, **fields}, files=files, follow_redirects=True
        )


OpenConsole = Callable[..., Desk]


@pytest.fixture
async def installation(database: Database, clock: SteppingClock) -> AsyncIterator[Installation]:
    """In the phase of sifting."""
    settings = make_settings(database.url.render_as_string(hide_password=False))
    installation = Installation.build(settings, clock=clock, transport=NOWHERE)
    installation.start()
    with database.writing() as session:
        definition = load_toml(CAMPAIGN_FILE.read_text(encoding="utf-8"))
        campaigns.load(session, definition, actor="cli:tester", clock=clock)
        campaigns.set_phase(session, "2018", PhaseKind.SCREENING, "开会定的", actor="cli:tester", clock=clock)
    yield installation
    await installation.close()


@pytest.fixture
def app(installation: Installation) -> FastAPI:
    app = FastAPI()
    console.mount(app, installation)
    return app


@pytest.fixture
def accounts(installation: Installation) -> dict[Role, Account]:
    """An operator of each role, named by it; nobody can sign in to them with a password."""
    with installation.database.writing() as session:
        return {role: add_operator(session, role.value, role, clock=installation.clock) for role in Role}


def add_operator(session: Any, name: str, *roles: Role, clock: Any, password: str = "x") -> Account:
    added = service.add(session, name, PasswordHash(password), roles, actor="cli:tester", clock=clock)
    account = queries.by_id(session, added.id)
    assert account is not None
    return account


@pytest.fixture
async def open_console(
    app: FastAPI, installation: Installation, accounts: dict[Role, Account]
) -> AsyncIterator[OpenConsole]:
    """A browser in which the operator of a role, or any account, is signed in; or nobody."""
    made: list[httpx.AsyncClient] = []

    def open_console(who: Role | Account | None = Role.OWNER) -> Desk:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        browser = httpx.AsyncClient(transport=transport, base_url=installation.settings.public_url)
        made.append(browser)
        account = accounts[who] if isinstance(who, Role) else who
        if account is None:
            return Desk(browser, "", None)
        with installation.database.writing() as session:
            cookie = sessions.begin(session, account.id, "Chrome，Windows", installation.clock)
        browser.cookies.set(SESSION, cookie, path="/console")
        return Desk(browser, form_token(installation.keyring, cookie), account)

    yield open_console
    for browser in made:
        await browser.aclose()


@pytest.fixture
def furnished(installation: Installation) -> None:
    """All there can be, and every word of it markup."""
    write_everything(installation)
