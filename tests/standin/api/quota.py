"""How often an address may still be called today, and starting the count anew."""

from typing import Any

from tests.standin.api.call import OK, Call, Endpoint
from tests.standin.errors import Refused

PLENTY = 1_000_000


async def get(call: Call) -> dict[str, Any]:
    """A service reads its limits here and does not trust a table."""
    path, quotas = _path(call), call.platform.quotas
    limit, used = quotas.per_day[path], quotas.used(path)
    per_minute = quotas.per_minute.get(path, PLENTY)
    return {
        **OK,
        "quota": {"daily_limit": limit, "used": used, "remain": limit - used},
        "rate_limit": {"call_count": per_minute, "refresh_second": 60},
    }


async def clear(call: Call) -> dict[str, Any]:
    if call.json().get("appid") != call.platform.account.appid:
        raise Refused(40013)
    call.platform.quotas.clear()
    return OK


async def clear_with_secret(call: Call) -> dict[str, Any]:
    """Works without a token, for the day when tokens are what has run out."""
    if call.json().get("appsecret") != call.platform.account.secret:
        raise Refused(40125)
    return await clear(call)


def _path(call: Call) -> str:
    path = str(call.json().get("cgi_path", ""))
    if path.startswith("/sns/"):
        raise Refused(76022)
    if path not in call.platform.quotas.per_day:
        raise Refused(76021)
    return path


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/openapi/quota/get", get),
    Endpoint("POST", "/cgi-bin/clear_quota", clear),
    Endpoint("POST", "/cgi-bin/clear_quota/v2", clear_with_secret, token=False),
)
