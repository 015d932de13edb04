"""Signing in by the platform: to its authorize address, back with a code, on to the page that was wanted."""

import asyncio
import re
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import quote

import structlog
from fastapi import APIRouter
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.h5.pages import telling
from app.h5.visiting import Here, Jar, cookies, installation
from app.installation import Installation
from app.settings import AccountKind
from app.wechat.errors import CallFailed, PlatformError, Reaction
from app.wechat.oauth import SnapshotUser, authorize_url
from models import Follower

OWN_PATH = re.compile(r"/h5/[a-z]+(/[A-Za-z0-9-]+)*")
OWN_QUERY = re.compile(r"news=[a-z]+")  # WeChat hangs words of its own on addresses that are passed on
HOME = "/h5/mine"
LONGEST_CODE = 512

NO_CODE = "微信没有告诉我们您是谁，请再试一次。"
NOT_WHERE_IT_BEGAN = "这个链接是给别的手机或别的时候用的，请重新打开。"
TOO_MANY = "从您这个网络来的登录出错太多，请过一分钟再试，或者换成手机流量。在公众号里回复“投票”也能投。"
NO_ANSWER = "微信这会儿没有回应，请过一分钟再试。"


@dataclass(frozen=True)
class Way:
    """How to get to a kind of page: what those are told who came without being signed in."""

    outside: str
    chat_only: str
    expired: str


PROPOSING = Way(
    outside="这个网页要在微信里打开，我们才知道是您。请打开微信，进入公众号，从菜单里点“我要提案”或“我的提案”。",
    chat_only="请回到公众号，在对话里回复“我要提案”或“我的提案”，一样可以写、可以查。",
    expired="离上次打开太久了，刚才的内容没有保存。请返回上一页复制要紧的内容，再重新打开。",
)
VOTING = Way(
    outside="投票要在微信里进行，我们才知道是您，一人一票才算得清。请打开微信，进入公众号，从菜单里点“投票”。",
    chat_only="请回到公众号，在对话里回复“投票”，照着提示发号码就行，一样计票，一样有凭证号。",
    expired="离上次打开太久了，刚才选的没有计票。请重新打开，再选一次。",
)

router = APIRouter()
log = structlog.get_logger(__name__)


def ask_to_sign_in(request: Request, _needed: Exception) -> Response:
    """Send a phone to the platform and back; tell everybody else how to get in."""
    here = installation(request)
    path = request.url.path
    way, again = (VOTING, own_page(path)) if path.startswith("/h5/vote/") else (PROPOSING, HOME)
    if request.method != "GET":
        return telling(request, "请重新打开", way.expired, 401, (again, "重新打开"))
    if here.settings.wechat.account_kind is not AccountKind.SERVICE:
        return telling(request, "请在对话里办理", way.chat_only, 403)
    if "MicroMessenger" not in request.headers.get("user-agent", ""):
        return telling(request, "请在微信里打开", way.outside, 403)
    return _to_the_platform(request, here)


@router.get("/signed-in")
async def signed_in(
    request: Request, here: Here, jar: Jar, code: str = "", state: str = "", to: str = HOME
) -> Response:
    wanted = own_page(to)
    again = (wanted, "再试一次")
    if not compare_digest(state.encode(), jar.state(request.cookies).encode()) or not state:
        return telling(request, "请重新打开", NOT_WHERE_IT_BEGAN, 403, (wanted, "重新打开"))
    if not code or len(code) > LONGEST_CODE:
        return telling(request, "没有登录成功", NO_CODE, 403, again)
    failures, address = request.app.state.paces.failures, request.client.host if request.client else ""
    if failures.is_exceeded(address):
        return telling(request, "请等一分钟", TOO_MANY, 429, again)
    try:
        openid = await here.sign_in.openid_for(code, state)
    except SnapshotUser as refusal:
        return telling(request, "现在是预览", refusal.message, 403)
    except CallFailed as failure:
        if _is_bad_code(failure):
            failures.count(address)
        return telling(request, "没有登录成功", *_explained(failure), again)
    response = RedirectResponse(wanted, 303)
    jar.sign_in(response, await asyncio.to_thread(_follower_id, here, openid), openid)
    return response


def _explained(failure: CallFailed) -> tuple[str, int]:
    """A sentence and a status: what is wrong with the code is told, what is wrong with the account is logged."""
    if _is_bad_code(failure):
        return failure.message, 403
    log.error("signing in failed", reason=failure.message)
    return NO_ANSWER, 502


def _is_bad_code(failure: CallFailed) -> bool:
    return isinstance(failure, PlatformError) and failure.reaction is Reaction.RECIPIENT


def own_page(address: str) -> str:
    """`address` if it is a page of ours, never another host; else the page everybody has."""
    path, _, query = address.partition("?")
    if not OWN_PATH.fullmatch(path):
        return HOME
    return address if OWN_QUERY.fullmatch(query) else path


def _to_the_platform(request: Request, here: Installation) -> Response:
    jar = cookies(request)
    response = RedirectResponse("/", 302)
    state = jar.begin(request.cookies, response)
    wanted = own_page(f"{request.url.path}?{request.url.query}")
    back = f"{here.settings.public_url}/h5/signed-in?to={quote(wanted, safe='')}"
    response.headers["location"] = authorize_url(here.settings.wechat, back, state)
    return response


def _follower_id(here: Installation, openid: str) -> int:
    with here.database.reading() as session:
        return session.scalars(select(Follower.id).where(Follower.openid == openid)).one()
