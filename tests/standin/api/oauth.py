"""Signing in on pages: the authorize page, its codes, and the tokens behind them."""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standin.api.call import OK, SERVICE, Call, Endpoint
from tests.standin.errors import Refused
from tests.standin.platform import Platform
from tests.standin.state import Person
from tests.standin.stores import SignIn

CODE_LIFE = 300
PAGE_TOKEN_LIFE = 7200
REFRESH_LIFE = 30 * 86_400
ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"]
SCOPES = {"snsapi_base", "snsapi_userinfo"}

CurrentPerson = Callable[[Request], str | None]


class PageError(Exception):
    """What the authorize page shows instead of going on."""


def named_in_request(request: Request) -> str | None:
    """Who holds the phone, as a test says it: `?as=OPENID`, or a header."""
    return request.query_params.get("as") or request.headers.get("x-standin-person")


def authorize_route(platform: Platform, current_person: CurrentPerson) -> Route:
    async def authorize(request: Request) -> Response:
        try:
            _check(platform, request)
            person = platform.people.get(current_person(request) or "")
            if person is None:
                raise PageError("请在微信客户端打开链接")
        except PageError as error:
            return HTMLResponse(f"<!doctype html><meta charset=utf-8><h1>{error}</h1>")
        return await _send_back(platform, person, request)

    return Route("/connect/oauth2/authorize", authorize)


def _check(platform: Platform, request: Request) -> None:
    """Order and case of the parameters matter."""
    query = request.query_params
    given = [name for name in query if name in ORDER]
    if "redirect_uri" not in query:
        raise PageError("redirect_uri 参数错误（10011）")
    if query.get("appid") != platform.account.appid:
        raise PageError("appid 参数错误（10012）")
    if given != [name for name in ORDER if name in query] or query.get("response_type") != "code":
        raise PageError("链接的参数缺失或顺序不对")
    if platform.account.kind != "service" or query.get("scope") not in SCOPES:
        raise PageError("此公众号没有这些 scope 的权限（10005）")
    _check_target(platform, query["redirect_uri"])


def _check_target(platform: Platform, target: str) -> None:
    address = urlsplit(target)
    domain = platform.account.oauth_domain
    if address.scheme not in {"http", "https"} or (domain and address.netloc != domain):
        raise PageError("redirect_uri 域名与后台配置不一致（10003）")


async def _send_back(platform: Platform, person: Person, request: Request) -> Response:
    """Silently with a code; without one when the person refused to show the profile."""
    query = request.query_params
    answer = {"state": query["state"]} if "state" in query else {}
    if query["scope"] == "snsapi_base" or not person.denies_sign_in:
        answer = {"code": _new_code(platform, person, query["scope"]), **answer}
    target = query["redirect_uri"]
    target += ("&" if urlsplit(target).query else "?") + urlencode(answer)
    if platform.faults.oauth_prefetch:
        await _prefetch(platform, target)
    return RedirectResponse(target, status_code=302)


async def _prefetch(platform: Platform, target: str) -> None:
    """Some clients open the address once before they show it, which uses up the code."""
    try:
        await platform.callback.get(target)
    except httpx.TransportError as error:
        await platform.journal.record(
            direction="push", what="prefetch", seconds=0, answer="", error=str(error), body=target
        )


def _new_code(platform: Platform, person: Person, scope: str) -> str:
    code = f"0{secrets.token_hex(16)}"[:32]
    openid = f"o{secrets.token_hex(14)}"[:28] if platform.faults.snapshot_user else person.openid
    platform.stores.codes[code] = SignIn(openid, scope, platform.clock.now())
    return code


async def exchange(call: Call) -> dict[str, Any]:
    """A code for an openid: once, within five minutes."""
    _check_secret(call)
    if not call.query("code"):
        raise Refused(41008)
    sign_in = call.platform.stores.codes.get(call.query("code"))
    if sign_in is None:
        raise Refused(40029)
    if call.now > sign_in.at + CODE_LIFE:
        raise Refused(42003)
    if sign_in.used:
        raise Refused(40163)
    sign_in.used = True
    snapshot = {"is_snapshotuser": 1} if call.platform.faults.snapshot_user else {}
    return {**_issue(call, sign_in), **snapshot}


async def refresh(call: Call) -> dict[str, Any]:
    if call.query("appid") != call.platform.account.appid:
        raise Refused(40013)
    sign_in = call.platform.stores.page_tokens.get(call.query("refresh_token"))
    if sign_in is None or call.now > sign_in.at + REFRESH_LIFE:
        raise Refused(40030)
    return _issue(call, sign_in)


async def check(call: Call) -> dict[str, Any]:
    _signed_in(call)
    return OK


async def profile(call: Call) -> dict[str, Any]:
    """Only with snsapi_userinfo; everything but the name is empty nowadays."""
    sign_in = _signed_in(call)
    if sign_in.scope != "snsapi_userinfo":
        raise Refused(48001)
    person = call.platform.people.get(sign_in.openid)
    empty = {"sex": 0, "province": "", "city": "", "country": "", "headimgurl": "", "privilege": []}
    return {"openid": sign_in.openid, "nickname": person.name if person else "微信用户", **empty}


def _check_secret(call: Call) -> None:
    account = call.platform.account
    if call.query("appid") != account.appid:
        raise Refused(40013)
    if call.query("secret") != account.secret:
        raise Refused(40125)
    if call.query("grant_type") != "authorization_code":
        raise Refused(40002)


def _issue(call: Call, sign_in: SignIn) -> dict[str, Any]:
    """Tokens of this one person; they have nothing to do with the account's own."""
    access, again = f"p_{secrets.token_urlsafe(64)}", f"r_{secrets.token_urlsafe(64)}"
    issued = SignIn(sign_in.openid, sign_in.scope, call.now)
    call.platform.stores.page_tokens.update({access: issued, again: issued})
    return {
        "access_token": access,
        "expires_in": PAGE_TOKEN_LIFE,
        "refresh_token": again,
        "openid": sign_in.openid,
        "scope": sign_in.scope,
    }


def _signed_in(call: Call) -> SignIn:
    sign_in = call.platform.stores.page_tokens.get(call.query("access_token"))
    if sign_in is None:
        raise Refused(40001)
    if call.now > sign_in.at + PAGE_TOKEN_LIFE:
        raise Refused(42001)
    if sign_in.openid != call.query("openid"):
        raise Refused(40003)
    return sign_in


ENDPOINTS = (
    Endpoint("GET", "/sns/oauth2/access_token", exchange, token=False, kinds=SERVICE),
    Endpoint("GET", "/sns/oauth2/refresh_token", refresh, token=False, kinds=SERVICE),
    Endpoint("GET", "/sns/auth", check, token=False, kinds=SERVICE),
    Endpoint("GET", "/sns/userinfo", profile, token=False, kinds=SERVICE),
)
