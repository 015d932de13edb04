"""A platform that takes every message and answers after 50 ms: `python -m tests.bench.platform --port N`."""

import asyncio
import json
import sys
from typing import cast

import uvloop

ANSWER_SECONDS = 0.05
TOKEN = {"access_token": "bench", "expires_in": 7200}


class Platform(asyncio.Protocol):
    """One connection; requests come one after another."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            self._buffer = body[_length(head) :]
            answer = _answer(head.split(b" ", 2)[1])
            asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._send, answer)

    def _send(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0] or 0)


def _answer(address: bytes) -> bytes:
    answer = TOKEN if b"token?" in address or address.endswith(b"token") else _TAKEN
    body = json.dumps(answer).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json; encoding=utf-8\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


_TAKEN = {"errcode": 0, "errmsg": "ok", "msgid": 402_312_345_678}


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Platform, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[sys.argv.index("--port") + 1])))
