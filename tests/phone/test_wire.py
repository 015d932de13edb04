"""Behind the scenes: the wire, the fault switches, the live stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from tests.phone.conftest import World
from tests.standin.phone.events import Events


async def test_the_wire_shows_a_push_decrypted_with_its_reply(world: World) -> None:
    await world.does("陈飞", "follow")
    await world.does("陈飞", "say", text="你好")
    (*_, push) = (await world.page.get("/phone/wire")).json()["items"]
    assert (push["what"], push["attempt"], push["outcome"]) == ("text", 1, "reply")
    assert "<Content><![CDATA[你好]]></Content>" in push["body"]
    assert push["reply"]["Content"] == "收到：你好"
    later = (await world.page.get("/phone/wire", params={"after": push["id"]})).json()
    assert later == {"items": []}
    last = (await world.page.get("/phone/wire", params={"limit": 1})).json()
    assert last == {"items": [push]}
    assert (await world.page.get("/phone/wire", params={"limit": "all"})).status_code == 422


async def test_faults_are_switched_and_reset(world: World) -> None:
    changed = await world.page.post("/phone/faults", json={"drop_connection": 1, "duplicate": True})
    assert (changed.json()["drop_connection"], world.platform.faults.duplicate) == (1, True)
    reset = await world.page.post("/phone/faults", json={"reset": True})
    assert reset.json() == (await world.page.get("/phone/faults")).json()
    assert not world.platform.faults.duplicate


async def test_an_unknown_switch_changes_nothing(world: World) -> None:
    answer = await world.page.post("/phone/faults", json={"duplicate": True, "gravity": 0})
    assert answer.status_code == 422
    assert "gravity" in answer.json()["detail"]
    assert not world.platform.faults.duplicate


async def test_a_dropped_connection_is_tried_again(world: World) -> None:
    await world.does("陈飞", "follow")
    await world.page.post("/phone/faults", json={"drop_connection": 1})
    *_, answer = await world.does("陈飞", "say", text="你好")
    pushes = (await world.page.get("/phone/wire")).json()["items"][-2:]
    assert answer["text"] == "收到：你好"
    assert [(push["attempt"], push["outcome"]) for push in pushes] == [(1, "failed"), (2, "reply")]


async def test_switching_disorder_off_delivers_what_was_held_back(world: World) -> None:
    await world.does("陈飞", "follow")
    await world.page.post("/phone/faults", json={"out_of_order": True})
    held = await world.does("陈飞", "say", text="先说的")
    assert [entry["from"] for entry in held] == ["person"]
    await world.page.post("/phone/faults", json={"out_of_order": False})
    assert world.worker("陈飞").chat[-1].text == "收到：先说的"


async def test_the_stream_tells_of_chat_wire_and_faults(world: World) -> None:
    events = Events(world.platform)
    stream = events.stream()
    assert await anext(stream) == ": hello\n\n"
    world.platform.faults.drop_connection = 1

    await world.does("陈飞", "follow")

    heard = [_read(await anext(stream)) for _ in range(6)]
    kinds = [kind for kind, _ in heard]
    assert kinds.count("wire") == 2
    assert kinds.count("faults") == 2  # switched on, then used up
    chats = [data["entry"]["from"] for kind, data in heard if kind == "chat"]
    assert chats == ["person", "account"]


async def test_closing_ends_a_waiting_stream(world: World) -> None:
    events = Events(world.platform)
    stream = events.stream()
    await anext(stream)
    rest = asyncio.create_task(_drain(stream))
    await asyncio.sleep(0)
    events.close()
    assert await asyncio.wait_for(rest, 5) == [": bye\n\n"]


async def _drain(stream: AsyncIterator[str]) -> list[str]:
    return [message async for message in stream]


def _read(message: str) -> tuple[str, Any]:
    kind, data = message.strip().split("\n", 1)
    return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))
