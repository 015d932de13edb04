"""Over a real socket: whether a message can have arrived is told right, however the connection ends."""

import asyncio
import gzip
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from socket import SO_LINGER, SOL_SOCKET
from typing import TypeAlias

import pytest

from app.settings import Settings
from app.wechat.errors import NotSent, Unanswered
from app.wechat.wire import Wire

SEND = "/cgi-bin/message/custom/send"
GOOD = b'{"errcode":0,"errmsg":"ok"}'

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter
Host = Callable[[Reader, Writer], Awaitable[None]]


async def hangs_up(_reader: Reader, writer: Writer) -> None:
    writer.close()


async def resets(_reader: Reader, writer: Writer) -> None:
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


async def answers_half(_reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + GOOD)
    await writer.drain()
    writer.close()


async def answers_nonsense(_reader: Reader, writer: Writer) -> None:
    writer.write(b"good morning\r\n\r\n")
    await writer.drain()
    writer.close()


async def says_nothing(reader: Reader, writer: Writer) -> None:
    await reader.read()
    writer.close()


async def answers(_reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(GOOD) + GOOD)
    await writer.drain()


@pytest.mark.parametrize("end", [hangs_up, resets, answers_half, answers_nonsense, says_nothing])
async def test_what_was_taken_and_not_answered_may_have_happened(settings: Settings, end: Host) -> None:
    async with _host(end) as port, _wire(settings, port) as wire:
        with pytest.raises(Unanswered):
            await wire.exchange("POST", SEND, {"access_token": "t"}, {"touser": "o"})


async def test_where_nobody_listens_nothing_was_sent(settings: Settings) -> None:
    async with _host(answers) as port:
        pass
    async with _wire(settings, port) as wire:
        with pytest.raises(NotSent):
            await wire.exchange("POST", SEND, {"access_token": "t"}, {"touser": "o"})


async def test_an_answer_may_be_compressed(settings: Settings) -> None:
    async def answers_compressed(_reader: Reader, writer: Writer) -> None:
        body = gzip.compress(GOOD)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
        writer.write(head + body)
        await writer.drain()

    async with _host(answers_compressed) as port, _wire(settings, port) as wire:
        assert await wire.exchange("POST", SEND, {}, {}) == {"errcode": 0, "errmsg": "ok"}


async def test_nobody_is_followed_elsewhere(settings: Settings) -> None:
    """The token stands in the address."""

    async def sends_elsewhere(_reader: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with _host(sends_elsewhere) as port, _wire(settings, port) as wire:
        with pytest.raises(Unanswered, match="302"):
            await wire.exchange("GET", SEND, {"access_token": "t"})


async def test_a_connection_that_breaks_when_it_is_used_again_may_have_taken_the_message(
    settings: Settings,
) -> None:
    async with _host(answers, hangs_up) as port, _wire(settings, port) as wire:
        await wire.exchange("POST", SEND, {}, {})
        with pytest.raises(Unanswered):
            await wire.exchange("POST", SEND, {}, {})


async def test_many_at_once_do_not_wait_for_one_another(settings: Settings) -> None:
    everybody, seen = asyncio.Event(), 0

    async def waits_for_all(reader: Reader, writer: Writer) -> None:
        nonlocal seen  # each on a connection of its own
        seen += 1
        if seen == 100:
            everybody.set()
        await everybody.wait()
        await answers(reader, writer)

    async with _host(waits_for_all) as port, _wire(settings, port, patience=30) as wire:
        got = await asyncio.gather(*(wire.exchange("POST", SEND, {}, {"touser": str(n)}) for n in range(100)))
    assert len(got) == 100


@asynccontextmanager
async def _wire(settings: Settings, port: int, patience: float = 0.3) -> AsyncIterator[Wire]:
    changes = {"api_url": f"http://127.0.0.1:{port}", "timeout_seconds": patience}
    wire = Wire(settings.wechat.model_copy(update=changes))
    yield wire
    await wire.close()


@asynccontextmanager
async def _host(*behaviours: Host) -> AsyncIterator[int]:
    """Each request of a connection meets the next behaviour, the last one for good."""

    async def serve(reader: Reader, writer: Writer) -> None:
        with closing(writer):
            for behave in behaviours:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                await behave(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
