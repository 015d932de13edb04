"""A bare connection to the service: a client that is quicker than the server, so that batches are under way."""

import asyncio
import re
from urllib.parse import urlsplit

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Broken(Exception):
    """The connection could not be made, or ended before the answer was whole."""


class Line:
    """One request at a time to one address after another; opened anew when it broke."""

    def __init__(self) -> None:
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._place = ""

    async def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer. Raises Broken."""
        parts = urlsplit(url)
        first = f"POST {parts.path}?{parts.query} HTTP/1.1\r\n"
        head = f"{first}host: {parts.netloc}\r\ncontent-length: {len(body)}\r\n\r\n"
        try:
            reader, writer = await self._open(parts.hostname or "", parts.port or 80)
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = LENGTH.search(answer)
            return int(answer.split()[1]), await reader.readexactly(int(length[1]) if length else 0)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            raise Broken(repr(error)) from None

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _open(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = f"{host}:{port}"
        if self._streams is None or self._place != place:
            self.close()
            self._streams, self._place = await asyncio.open_connection(host, port), place
        return self._streams
