"""Getting a token, and the addresses pushes come from (/doc/service/api/base)."""

from typing import Any

from tests.standin.api.call import Call, Endpoint
from tests.standin.errors import Refused


async def get_token(call: Call) -> dict[str, Any]:
    _check_credentials(call, call.query("grant_type"), call.query("appid"), call.query("secret"))
    return _told(call.platform.tokens.issue())


async def stable_token(call: Call) -> dict[str, Any]:
    body = call.json()
    _check_credentials(call, body.get("grant_type"), body.get("appid"), body.get("secret"))
    return _told(call.platform.tokens.stable(force=body.get("force_refresh") is True))


async def callback_addresses(call: Call) -> dict[str, Any]:
    return {"ip_list": ["127.0.0.1", "101.226.103.0/25"]}


async def check_callback(call: Call) -> dict[str, Any]:
    """Whether the callback address can be reached; the stand-in has no carriers to try."""
    body = call.json()
    if body.get("action") not in {"all", "dns", "ping"}:
        raise Refused(40035)
    ping = {"ip": "127.0.0.1", "from_operator": "CAP", "package_loss": "0%", "time": "1.000ms"}
    return {"dns": [{"ip": "127.0.0.1", "real_operator": "CAP"}], "ping": [ping]}


def _check_credentials(call: Call, grant_type: object, appid: object, secret: object) -> None:
    account = call.platform.account
    if grant_type != "client_credential":
        raise Refused(40002)
    if not appid or not secret:
        raise Refused(41004 if appid else 41002)
    if appid != account.appid:
        raise Refused(40013)
    if secret != account.secret:
        raise Refused(40125)


def _told(issued: tuple[str, int]) -> dict[str, Any]:
    token, expires_in = issued
    return {"access_token": token, "expires_in": expires_in}


ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/token", get_token, token=False),
    Endpoint("POST", "/cgi-bin/stable_token", stable_token, token=False),
    Endpoint("GET", "/cgi-bin/getcallbackip", callback_addresses),
    Endpoint("GET", "/cgi-bin/get_api_domain_ip", callback_addresses),
    Endpoint("POST", "/cgi-bin/callback/check", check_callback),
)
