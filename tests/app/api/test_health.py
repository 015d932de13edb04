"""/healthz and /readyz."""

from sqlalchemy import create_engine, text

import migrations
from app.installation import Installation
from tests.app.api.conftest import Client


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
