"""The made-up workers: different, complete, and drawn."""

from tests.phone.conftest import World
from tests.standin.phone.people import WORKERS


async def test_everybody_has_a_phone_and_a_portrait(world: World) -> None:
    people = (await world.page.get("/phone/people")).json()["people"]
    assert [person["name"] for person in people] == [worker.name for worker in WORKERS]
    for person in people:
        avatar = await world.page.get(person["avatar"])
        assert avatar.headers["content-type"] == "image/svg+xml"
        assert person["name"] in avatar.text


def test_trades_and_keys_differ() -> None:
    assert len({worker.trade for worker in WORKERS}) == len(WORKERS) >= 6
    assert len({worker.key for worker in WORKERS}) == len(WORKERS)


async def test_inviting_again_adds_nobody(world: World) -> None:
    world.phone.invite()
    assert len(world.platform.people) == len(WORKERS)
