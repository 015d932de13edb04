"""Signing pages for the script inside WeChat (JS-SDK, /doc/service/guide/h5/jssdk.html 附录1).

A page that is signed may show the platform's own elements, `wx-open-subscribe` among them.
"""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta

from app.clock import Clock
from app.wechat.client import WeChatClient
from app.wechat.wire import required

MARGIN = timedelta(minutes=5)  # before its end a ticket is asked for anew


def signature(ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """Of the page at `url` as the browser has it, without what follows a `#`; 40 hex characters.

    The keys stand in this order and in small letters, nothing is encoded. SHA-1 is the platform's choice.
    """
    signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()


class Signer:
    """Each process keeps the ticket it was given: all get the same one, and it outlives its token."""

    def __init__(self, client: WeChatClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._ticket = ""
        self._until = datetime.min.replace(tzinfo=clock.wall().tzinfo)
        self._one_at_a_time = asyncio.Lock()

    async def config(self, url: str) -> dict[str, str]:
        """What `wx.config` takes: appId, timestamp, nonceStr, signature. Raises CallFailed."""
        ticket = await self._current()
        nonce, timestamp = secrets.token_hex(8), str(int(self._clock.wall().timestamp()))
        return {
            "appId": self._client.settings.app_id,
            "timestamp": timestamp,
            "nonceStr": nonce,
            "signature": signature(ticket, nonce, timestamp, url),
        }

    async def _current(self) -> str:
        async with self._one_at_a_time:
            if self._clock.wall() >= self._until:
                asked_at = self._clock.wall()
                answer = await self._client.call("GET", "/cgi-bin/ticket/getticket", params={"type": "jsapi"})
                self._ticket = str(required(answer, "ticket"))
                self._until = asked_at + timedelta(seconds=int(required(answer, "expires_in"))) - MARGIN
            return self._ticket
