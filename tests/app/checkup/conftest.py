"""A whole installation to be looked over: a database, the stand-in platform, and who answers at which host."""

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.checkup.findings import Finding, Verdict
from app.crypto import Keyring
from app.database import Database
from app.operators import service as operators
from app.operators.passwords import PasswordHash
from app.outbox.heartbeats import Pulse
from app.proposals.service import PHONE_SEALED_FOR
from app.settings import Settings
from models import Proposal
from models.enums import IntakeChannel, ProposalStatus, Role
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.installation import SECRET, make_settings
from tests.standin.app import create_app as create_platform
from tests.standin.platform import Platform
from wechat_handlers.codec import Codec
from wechat_handlers.query import Refused

FILE = Path(__file__).parents[3] / "deploy/campaigns/2018.toml"
FINE, NOTE, WRONG = Verdict
REAL = "https://api.weixin.qq.com"
SECRETS = (SECRET, "app-secret", "callbacktoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")


class ByHost(httpx.AsyncBaseTransport):
    """The network of a test: who answers at which host; nobody at any other."""

    def __init__(self, **hosts: ASGIApp) -> None:
        self._hosts = {host.replace("_", "."): httpx.ASGITransport(app=app) for host, app in hosts.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host not in self._hosts:
            raise httpx.ConnectError("nobody there", request=request)
        return await self._hosts[request.url.host].handle_async_request(request)


class Callback:
    """The callback address: our codec behind a bare application, which is what the service has there."""

    def __init__(self, settings: Settings) -> None:
        self._codec = Codec(settings.wechat)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = PlainTextResponse(self._codec.verify_address(scope["query_string"]))
        except Refused as refusal:
            answer = PlainTextResponse("", refusal.status)
        await answer(scope, receive, send)


class TellingTime:
    """The platform as it is served: with a Date, `late` after ours."""

    def __init__(self, app: ASGIApp, late: timedelta) -> None:
        self._app = app
        self._date = format_datetime(START + late).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", self._date)]
            await send(message)

        await self._app(scope, receive, dated)


@pytest.fixture
def settings(database: Database) -> Settings:
    url = database.url.render_as_string(hide_password=False)
    return make_settings(url, public_url="http://shishi.test")


@pytest.fixture
def loaded(database: Database, clock: SteppingClock, keyring: Keyring) -> Database:
    """A campaign, two operators, a proposal, and somebody who does the background work."""
    with database.writing() as session:
        campaigns.load(session, load_toml(FILE.read_text(encoding="utf-8")), actor="cli:tester", clock=clock)
        for role in (Role.CAMPAIGNER, Role.APPROVER):
            operators.add(session, role.value, PasswordHash("x"), [role], actor="cli:tester", clock=clock)
        Pulse(clock).beat(session, clock.now())
        session.add(
            Proposal(
                campaign_id=1,
                number="SS2018-0001",
                channel=IntakeChannel.WECHAT,
                status=ProposalStatus.SUBMITTED,
                title="午间健身课",
                summary="请教练来园区",
                expected_outcome="一年五十次",
                phone=keyring.seal("13812345678", PHONE_SEALED_FOR),
                submitted_at=START,
            )
        )
    return database


def network(
    platform: Platform, settings: Settings, late: timedelta = timedelta(0), callback: ASGIApp | None = None
) -> ByHost:
    ours = callback or Callback(settings)
    return ByHost(platform_test=TellingTime(create_platform(platform), late), shishi_test=ours)


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    assert not [secret for secret in SECRETS if secret in "\n".join(map(str, findings))]
    return {finding.subject: finding for finding in findings}


def with_account(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update={"wechat": settings.wechat.model_copy(update=changes)})
