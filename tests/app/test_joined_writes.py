"""An answer goes out in as few pieces as can be, in order, never later than in the same turn of the loop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from app.joined_writes import JoinedWrites, Protocol


class Wire:
    """A transport that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.told.append(data)

    def close(self) -> None:
        self.told.append("closed")

    def is_closing(self) -> bool:
        return "closed" in self.told

    def set_protocol(self, protocol: object) -> None:
        self.told.append(f"{protocol} from here on")

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


def on_a_wire(work: Callable[[JoinedWrites], Awaitable[None]]) -> list[bytes | str]:
    """What reached the wire."""
    wire = Wire()

    async def run() -> None:
        await work(JoinedWrites(cast(asyncio.Transport, wire)))

    asyncio.run(run())
    return wire.told


def test_head_and_body_are_one_write() -> None:
    async def answer(transport: JoinedWrites) -> None:
        transport.write(b"head")
        transport.write(b"body")

    assert on_a_wire(answer) == [b"headbody"]


def test_a_head_alone_goes_out_in_the_same_turn() -> None:
    async def stream(transport: JoinedWrites) -> None:
        transport.write(b"head")
        await asyncio.sleep(0)
        transport.write(b"later")
        await asyncio.sleep(0)

    assert on_a_wire(stream) == [b"head", b"later"]


def test_nothing_is_kept_back_from_a_close() -> None:
    async def refuse(transport: JoinedWrites) -> None:
        transport.write(b"bad request")
        assert not transport.is_closing()
        transport.close()
        assert transport.is_closing()

    assert on_a_wire(refuse) == [b"bad request", "closed"]


def test_nothing_is_kept_back_from_another_protocol() -> None:
    async def switch(transport: JoinedWrites) -> None:
        transport.write(b"switching")
        transport.set_protocol(cast(asyncio.BaseProtocol, "theirs"))

    assert on_a_wire(switch) == [b"switching", "theirs from here on"]


def test_the_rest_is_the_transports() -> None:
    async def ask(transport: JoinedWrites) -> None:
        assert transport.get_extra_info("peername") == "the peername"

    assert on_a_wire(ask) == []


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=4), st.none()), max_size=12))
def test_order_is_kept(steps: list[bytes | None]) -> None:
    async def write(transport: JoinedWrites) -> None:
        for step in steps:
            if step is None:
                await asyncio.sleep(0)
            else:
                transport.write(step)
        await asyncio.sleep(0)

    whole = b"".join(cast(list[bytes], on_a_wire(write)))
    assert whole == b"".join(step for step in steps if step)


async def _app(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what it was sent; under /stream piece by piece."""
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-way", scope["path"].encode())]})
    for piece in (body[:1], body[1:]) if scope["path"] == "/stream" else ():
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b"" if scope["path"] == "/stream" else body})


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", [b"200 OK", b"abc"]),
        (
            b"POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
            [b"1\r\na\r\n", b"2\r\nbc\r\n", b"0\r\n\r\n"],
        ),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
            [b"100 Continue\r\n\r\n", b"200 OK", b"abc"],
        ),
        (b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n", [b"x-way: /1", b"x-way: /2"]),
        (b"no request at all\r\n\r\n", [b"400 Bad Request"]),
    ],
    ids=["whole", "in pieces", "continue", "two at once", "nonsense"],
)
def test_under_a_real_server(asked: bytes, answers: list[bytes]) -> None:
    async def run() -> bytes:
        config = uvicorn.Config(_app, port=0, http=Protocol, lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0)
        reader, writer = await asyncio.open_connection(*server.servers[0].sockets[0].getsockname())
        writer.write(asked)
        got = b""
        async with asyncio.timeout(10):
            while not _are_in_order(answers, got):
                got += await reader.read(4096)
        writer.close()
        server.should_exit = True
        await serving
        return got

    assert _are_in_order(answers, asyncio.run(run()))


def _are_in_order(wanted: list[bytes], got: bytes) -> bool:
    at = 0
    for one in wanted:
        at = got.find(one, at)
        if at < 0:
            return False
        at += len(one)
    return True
