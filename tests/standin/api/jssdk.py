"""The ticket with which pages sign for the script inside WeChat."""

import hashlib
import secrets
from typing import Any

from tests.standin.api.call import OK, Call, Endpoint
from tests.standin.core import Core
from tests.standin.errors import Refused

LIFE = 7200
SIGNED = ("appId", "timestamp", "nonceStr", "signature")


async def get_ticket(call: Call) -> dict[str, Any]:
    """The same ticket until it ends; a new token does not end it."""
    if call.query("type") != "jsapi":
        raise Refused(40035)
    tickets = call.platform.stores.tickets
    current = next((ticket for ticket, at in tickets.items() if call.now < at + LIFE), None)
    if current is None:
        current = f"{secrets.token_urlsafe(48)}"
        tickets[current] = call.now
    return {**OK, "ticket": current, "expires_in": int(tickets[current] + LIFE - call.now)}


def is_signed(platform: Core, url: str, appid: str, timestamp: str, nonce: str, signature: str) -> bool:
    """By one of the tickets that are still good."""
    now = platform.clock.now()
    good = [ticket for ticket, at in platform.stores.tickets.items() if now < at + LIFE]
    texts = [f"jsapi_ticket={one}&noncestr={nonce}&timestamp={timestamp}&url={url}" for one in good]
    right = [hashlib.sha1(text.encode()).hexdigest() for text in texts]
    return appid == platform.account.appid and signature in right


ENDPOINTS = (Endpoint("GET", "/cgi-bin/ticket/getticket", get_ticket),)
