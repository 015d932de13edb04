"""The year in one process: the service on a clock that steps, the stand-in with its phones on its doorstep."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.operators import service as operators
from app.operators.passwords import hash_password
from app.settings import PushSettings, Settings
from models.enums import Role
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.platforms import Doorstep
from tests.fixtures.service import RunningService
from tests.standin.demo.steps import installed_program
from tests.standin.phone.app import with_phone
from tests.year.calendar import BEFORE
from tests.year.office import ROLES
from tests.year.play import play
from tests.year.stage import Ran

ROOT = Path(__file__).parents[2]
STANDIN = "http://platform.test"  # as the settings of all tests have it


class RunningClock(SteppingClock):
    """Put to a moment it runs on from there, as the clock of a rehearsal does."""

    def __init__(self, start: datetime) -> None:
        self.put_to(start)
        super().__init__(start)

    def put_to(self, moment: datetime) -> None:
        self.time, self._put_at = moment, time.monotonic()

    def wall(self) -> datetime:
        return self.time + timedelta(seconds=time.monotonic() - self._put_at)


class OnStage:
    """A Stage in this process."""

    def __init__(
        self, service: RunningService, clock: RunningClock, transport: httpx.AsyncBaseTransport, folder: Path
    ) -> None:
        self.service_url, self.standin_url = service.settings.public_url, STANDIN
        self.transport = transport
        self.passwords = {name: f"password of {name}" for name in ROLES}
        self.tokens: dict[str, str] = {}
        self._service = service
        self._clock = clock
        self._folder = folder

    async def go_to(self, moment: datetime) -> None:
        assert moment > self._clock.now(), "time goes on"
        self._clock.put_to(moment)
        self._service.installation.wake_up()

    async def let_pass(self, seconds: float) -> None:
        self._clock.advance(seconds=seconds)

    async def shishi(self, *arguments: str) -> Ran:
        process = await asyncio.create_subprocess_exec(
            *(*installed_program(), *arguments),
            cwd=self._folder,
            env={**os.environ, **self._environment()},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return Ran(process.returncode or 0, said.decode())

    def tell(self, said: str) -> None:
        sys.stderr.write(f"{said}\n")

    def _environment(self) -> dict[str, str]:
        settings, account = self._service.settings, self._service.settings.wechat
        offset = self._clock.now() - datetime.now(UTC)
        return {
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "SHISHI_DATABASE_URL": settings.database_url,
            "SHISHI_SECRET_KEY": settings.secret_key.get_secret_value(),
            "SHISHI_NOW_OFFSET_SECONDS": str(int(offset.total_seconds())),
            "SHISHI_WECHAT__APP_ID": account.app_id,
            "SHISHI_WECHAT__APP_SECRET": account.app_secret.get_secret_value(),
            "SHISHI_WECHAT__TOKEN": account.token.get_secret_value(),
            "SHISHI_WECHAT__ENCODING_AES_KEY": account.encoding_aes_key.get_secret_value(),
        }


@pytest.fixture
def clock() -> RunningClock:
    return RunningClock(BEFORE - timedelta(days=1))


@pytest.fixture
def service_settings(service_settings: Settings) -> Settings:
    return service_settings.model_copy(update={"push": PushSettings(per_second=0)})


@pytest.fixture
async def stage(
    service: RunningService, clock: RunningClock, doorstep: Doorstep, tmp_path: Path
) -> AsyncIterator[OnStage]:
    behind_a_proxy: Any = ProxyHeadersMiddleware(cast(Any, doorstep), trusted_hosts="127.0.0.1")  # as it is served
    inside = httpx.ASGITransport(behind_a_proxy)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request is too much of it
    service.platform.public_url = STANDIN
    async with httpx.AsyncClient(transport=inside) as pages:
        standin, phone = with_phone(service.platform, pages, service.settings.public_url)
        phone.invite()
        transport = Mounted({STANDIN: httpx.ASGITransport(standin), service.settings.public_url: inside})
        stage = OnStage(service, clock, transport, tmp_path)
        employ(service, stage)
        yield stage


def employ(service: RunningService, stage: OnStage) -> None:
    known: dict[str, Any] = {"actor": "cli:tester", "clock": service.clock}
    with service.database.writing() as session:
        for name, words in ROLES.items():
            roles = [Role(word) for word in words]
            operators.add(session, name, hash_password(stage.passwords[name]), roles, **known)
            stage.tokens[name] = operators.issue_token(session, name, **known)


class Mounted(httpx.AsyncBaseTransport):
    """One way to several applications, by the beginning of the address."""

    def __init__(self, applications: dict[str, httpx.AsyncBaseTransport]) -> None:
        self._applications = applications

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        inside = next(one for origin, one in self._applications.items() if url.startswith(origin))
        return await inside.handle_async_request(request)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_year(stage: OnStage) -> None:
    await play(stage)
