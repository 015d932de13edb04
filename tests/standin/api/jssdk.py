"""The ticket with which pages sign for the script inside WeChat."""

import secrets
from typing import Any

from tests.standin.api.call import OK, Call, Endpoint
from tests.standin.errors import Refused

LIFE = 7200


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


ENDPOINTS = (Endpoint("GET", "/cgi-bin/ticket/getticket", get_ticket),)
