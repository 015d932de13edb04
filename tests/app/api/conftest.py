"""The API on a database of its own, with a campaign, some proposals and an operator of each role."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.api import mount
from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.database import Database
from app.installation import Installation
from app.operators import service as operators
from app.operators.passwords import PasswordHash
from app.proposals.service import PHONE_SEALED_FOR
from models import Draft, Follower, Proposal
from models.enums import IntakeChannel, ProposalStatus, Role
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.installation import NOWHERE, make_settings

FILE = Path(__file__).parents[3] / "deploy/campaigns/2018.toml"
OPENID = "oAbCd0123456789_-EfGhIjKlMnO"
PHONE = "13812345678"

Client = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def installation(database: Database, clock: SteppingClock) -> AsyncIterator[Installation]:
    settings = make_settings(database.url.render_as_string(hide_password=False))
    installation = Installation.build(settings, clock=clock, transport=NOWHERE)
    installation.start()
    with database.writing() as session:
        campaigns.load(session, load_toml(FILE.read_text(encoding="utf-8")), actor="cli:tester", clock=clock)
    yield installation
    await installation.close()


@pytest.fixture
def app(installation: Installation) -> FastAPI:
    app = FastAPI()
    mount(app, installation)
    return app


@pytest.fixture
def tokens(installation: Installation) -> dict[Role, str]:
    """A token of an operator of each role; the operators are named by their roles."""
    with installation.database.writing() as session:
        return {role: _token(session, role, installation) for role in Role}


def _token(session: Any, role: Role, installation: Installation) -> str:
    clock = installation.clock
    operators.add(session, role.value, PasswordHash("x"), [role], actor="cli:tester", clock=clock)
    return operators.issue_token(session, role.value, actor="cli:tester", clock=clock)


@pytest.fixture
async def client(app: FastAPI, tokens: dict[Role, str]) -> AsyncIterator[Client]:
    """Makes a client that asks as an operator of a role, or as nobody; `host` is where it seems to sit."""
    made: list[httpx.AsyncClient] = []

    def make(role: Role | None = Role.OWNER, host: str = "127.0.0.1") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(host, 5000))
        made.append(httpx.AsyncClient(transport=transport, base_url="http://shishi.test", headers=headers))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


@pytest.fixture
def proposals(installation: Installation) -> list[str]:
    """Numbers of three proposals: a worker's, a union's, and a department's; a fourth is only begun."""
    keyring = installation.keyring
    with installation.database.writing() as session:
        worker = Follower(openid=OPENID, created_at=START)
        session.add(worker)
        session.flush()
        session.add_all(
            [
                proposal(
                    1,
                    follower_id=worker.id,
                    consented=True,
                    proposer_name="张三",
                    phone=keyring.seal(PHONE, PHONE_SEALED_FOR),
                    evaluations=[{"project": 5, "rating": 4, "remark": "很好"}],
                ),
                proposal(
                    2,
                    channel=IntakeChannel.ORGANISATION,
                    category="health",
                    title="为户外职工建爱心接力站",
                    summary="热水、微波炉和歇脚的地方",
                    unit="殷行街道总工会",
                    proposer_name="李四",
                    phone=keyring.seal("02125032214", PHONE_SEALED_FOR),
                ),
                proposal(
                    3,
                    channel=IntakeChannel.DEPARTMENT,
                    status=ProposalStatus.MERGED,
                    category=None,
                    summary="含有 100% 和 _ 的文字",
                    expected_outcome="一年二十场",
                ),
                Draft(
                    follower_id=worker.id,
                    campaign_id=1,
                    state={"answers": {"title": "还没写完"}, "editing": None, "fragments": {}},
                    begun_at=START,
                    touched_at=START,
                ),
            ]
        )
        session.flush()
        merged = session.get_one(Proposal, 3)
        merged.merged_into_id = 2
    return ["SS2018-0001", "SS2018-0002", "SS2018-0003"]


def proposal(running: int, **changes: object) -> Proposal:
    values: dict[str, object] = {
        "campaign_id": 1,
        "number": f"SS2018-{running:04d}",
        "channel": IntakeChannel.WECHAT,
        "status": ProposalStatus.SUBMITTED,
        "category": "recreation",
        "title": "午间健身课",
        "summary": "请教练来园区",
        "expected_outcome": "一年五十次",
        "submitted_at": START,
    }
    return Proposal(**{**values, **changes})
