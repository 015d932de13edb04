"""The chats over a restart."""

import asyncio
from pathlib import Path

import pytest

from tests.phone.conftest import World
from tests.standin.phone.keeping import Keeper, Unreadable


async def test_chats_come_back_and_stay_private(world: World, tmp_path: Path) -> None:
    file = tmp_path / "standin.json"
    await world.does("陈飞", "follow")
    await world.does("陈飞", "say", text="记得我")
    before = world.platform.snapshot()["people"]
    Keeper(world.platform, file).save()
    assert file.stat().st_mode & 0o777 == 0o600

    world.platform.people.clear()
    Keeper(world.platform, file).restore()
    world.phone.invite()

    assert world.platform.snapshot()["people"] == before


async def test_saving_follows_a_change(world: World, tmp_path: Path) -> None:
    keeper = Keeper(world.platform, tmp_path / "standin.json")
    running = asyncio.create_task(keeper.run())
    await world.does("陈飞", "follow")
    await world.does("陈飞", "say", text="记得我")
    assert "陈飞" in (tmp_path / "standin.json").read_text("utf-8")
    running.cancel()


async def test_a_first_start_has_nothing_to_restore(world: World, tmp_path: Path) -> None:
    people = list(world.platform.people)
    Keeper(world.platform, tmp_path / "standin.json").restore()
    assert list(world.platform.people) == people


@pytest.mark.parametrize("text", ["{", "[]", '{"people": 3, "next_id": 1}'])
async def test_a_damaged_file_is_named(world: World, tmp_path: Path, text: str) -> None:
    file = tmp_path / "standin.json"
    file.write_text(text)
    with pytest.raises(Unreadable, match="读不懂"):
        Keeper(world.platform, file).restore()
