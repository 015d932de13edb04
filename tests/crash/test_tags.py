"""Killed while the people of a mass message are put under a tag: all of them get it once, nobody else, and the
platform is left with one tag of ours."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from app.database import Database
from app.followers.tags import is_temporary
from app.settings import AccountKind, PushSettings
from models import JobTag
from models.enums import DeliveryState
from tests.crash.far import Far, by_state, done, listening, released, running, towards
from tests.crash.server import Server
from tests.crash.test_broadcasts import wait_out_the_lease
from tests.fixtures.installation import make_settings

PUT_ON = "/cgi-bin/tags/members/batchtagging"
PACE = 40  # calls a second


async def tagged_and_killed(database: Database, directory: Path, far: Far, people: int, kills: int) -> None:
    """Killed so many times, evenly over the pages."""
    settings = make_settings(
        database.url.render_as_string(hide_password=False), push=PushSettings(per_second=PACE, quiet_hours="")
    )
    account = settings.wechat.model_copy(update={"account_kind": AccountKind.SUBSCRIPTION})
    settings = settings.model_copy(update={"wechat": account})
    far.platform.account.kind = "subscription"
    far.platform.add_person("不在名单上", following=True)
    broadcast_id, openids = released(database, settings, far.platform, "mass", people, listed=True)
    async with (
        listening(far) as address,
        running(Server(settings, directory, **towards(settings, address))) as server,
    ):
        for kill in range(kills):
            while len(bearers(far)) <= people * kill // kills:
                await asyncio.sleep(0.02)
            await server.kill()
            assert not far.got
            wait_out_the_lease(database, broadcast_id)
            await server.start()
        await done(database, broadcast_id)
    await far.platform.settle()
    assert far.got == Counter(openids)
    assert by_state(database, broadcast_id) == {DeliveryState.SENT: openids}
    with database.reading() as session:
        (tag,) = session.scalars(select(JobTag)).all()
    assert far.platform.stores.tags == {tag.tag_id: tag.name}
    assert is_temporary(tag.name)
    assert tag.tagged == people


def bearers(far: Far) -> list[str]:
    return [person.openid for person in far.platform.people.values() if person.tags]


async def test_killed_while_people_are_tagged(sqlite_database: Database, tmp_path: Path, far: Far) -> None:
    await tagged_and_killed(sqlite_database, tmp_path, far, people=1_500, kills=2)


@pytest.mark.long
async def test_killed_many_times_while_people_are_tagged(database: Database, tmp_path: Path, far: Far) -> None:
    await tagged_and_killed(database, tmp_path, far, people=4_000, kills=5)
