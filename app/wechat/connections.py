"""The connections to the platform: aiohttp's, as a transport of httpx.

httpx's own pool costs more the more connections it has. Answers are read whole, since ours are small: that costs a
message of a broadcast a third less than being able to stream.
"""

from functools import lru_cache

import aiohttp
import httpx
from yarl import URL

MOST = 256  # more than may ever be sent at once: a broadcast must not keep the token waiting
KEEP_ALIVE = 5.0  # seconds: a message sent on a connection that was just closed is one that nobody knows of
NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
BROKEN = (aiohttp.ClientError, OSError)


class Connections(httpx.AsyncBaseTransport):
    """Errors are aiohttp's own: httpx has no name for a request that broke midway, or never left."""

    def __init__(self, timeout_seconds: float, trust_env: bool) -> None:
        self._timeout = aiohttp.ClientTimeout(
            connect=timeout_seconds, sock_connect=timeout_seconds, sock_read=timeout_seconds
        )
        self._trust_env = trust_env
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._session is None:
            self._session = self._opened()
        async with self._session.request(
            request.method,
            _address(request.url),
            headers=request.headers,
            data=request.content or None,
            allow_redirects=False,
        ) as response:
            content = await response.read()
        content_type = response.headers.get("Content-Type", "")
        return httpx.Response(response.status, headers={"Content-Type": content_type}, content=content)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        context = httpx.create_ssl_context(trust_env=self._trust_env)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=MOST, keepalive_timeout=KEEP_ALIVE, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            trust_env=self._trust_env,
        )


@lru_cache(maxsize=32)
def _address(url: httpx.URL) -> URL:
    """Escaped already."""
    return URL(str(url), encoded=True)
