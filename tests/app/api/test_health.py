"""/healthz, /readyz and /metrics."""

import pytest
from sqlalchemy import create_engine, text

import migrations
from app.installation import Installation
from app.metrics import WRITER_BATCH, count_turn
from models import Delivery
from models.enums import DeliveryState, Role
from tests.app.api.conftest import OPENID, Client
from tests.fixtures.clocks import START


async def test_a_ready_service_says_so(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await client(None).get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_database_behind_is_not_ready(client: Client, installation: Installation) -> None:
    with installation.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = await client(None).get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "shishi migrate" in answer.json()["detail"]


async def test_a_database_that_a_later_version_has_upgraded_is_ready(
    client: Client, installation: Installation
) -> None:
    """So the old version goes on while the new one starts, and can be gone back to (decision 0016)."""
    with installation.database.writing() as session:
        session.execute(text("ALTER TABLE campaigns ADD COLUMN of_a_later_version INTEGER"))
        session.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    answer = await client(None).get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_an_empty_database_is_not_ready(client: Client, installation: Installation) -> None:
    migrations.downgrade(installation.database.write, "base")
    assert (await client(None).get("/readyz")).status_code == 503
    assert (await client(None).get("/healthz")).status_code == 200


async def test_a_database_that_is_gone_is_not_ready(client: Client, installation: Installation) -> None:
    database = installation.database
    missing = "/nowhere/shishi.db" if database.is_sqlite else "no_such_database"
    database.read.dispose()
    database.read = create_engine(database.url.set(database=missing))
    answer = await client(None).get("/readyz")
    assert answer.status_code == 503
    assert "连不上" in answer.json()["detail"]
    assert missing not in answer.text


async def test_the_numbers_are_told(client: Client, installation: Installation) -> None:
    count_turn(200, 0.02)
    count_turn(403, 0.001)
    WRITER_BATCH.observe(3)
    with installation.database.writing() as session:
        for number, state in enumerate((DeliveryState.PENDING, DeliveryState.PENDING, DeliveryState.SENT)):
            session.add(delivery(number, state))
    answer = await client(None).get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'shishi_outbox_messages{state="pending"} 2.0' in lines
    assert 'shishi_outbox_messages{state="unknown"} 0.0' in lines
    assert [line for line in lines if line.startswith('shishi_refusals_total{status="403"}')]
    assert {"shishi_turns_total", "shishi_turn_seconds_count", "shishi_writer_batch_count"} <= {
        line.split()[0] for line in lines
    }
    assert OPENID not in answer.text


async def test_without_a_database_the_other_numbers_are_told(client: Client, installation: Installation) -> None:
    database = installation.database
    assert "shishi_outbox_messages{" in (await client(None).get("/metrics")).text
    database.read.dispose()
    database.read = create_engine(database.url.set(database="/nowhere/shishi.db"))
    answer = await client(None).get("/metrics")
    assert answer.status_code == 200
    assert "shishi_turns_total" in answer.text
    assert "shishi_outbox_messages{" not in answer.text


def delivery(number: int, state: DeliveryState) -> Delivery:
    times = {"due_at": START, "created_at": START}
    return Delivery(
        key=str(number), channel="customer", kind="answer", openid=OPENID, body={}, state=state, **times
    )


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7", "testclient"])
async def test_from_elsewhere_the_numbers_take_a_token(client: Client, host: str) -> None:
    refused = await client(None, host).get("/metrics")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (await client(Role.AUDITOR, host).get("/metrics")).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_a_proxy_on_this_machine_is_not_this_machine(client: Client, header: str) -> None:
    answer = await client(None).get("/metrics", headers={header: "127.0.0.1"})
    assert answer.status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_this_machine_needs_no_token(client: Client, host: str) -> None:
    assert (await client(None, host).get("/metrics")).status_code == 200
