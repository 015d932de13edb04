"""A tiny service for the phone to talk to: it answers in chat, signs in on a page, and remembers by cookie."""

import os
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standin import crypto

FIELD = re.compile(r"<(\w+)>(?:<!\[CDATA\[)?(.*?)(?:]]>)?</\1>", re.DOTALL)
MENU: list[dict[str, Any]] = [
    {"type": "click", "name": "我要提案", "key": "PROPOSE"},
    {"type": "click", "name": "投票", "key": "VOTE"},
    {
        "name": "更多",
        "sub_button": [
            {"type": "click", "name": "我的提案", "key": "MY_PROPOSALS"},
            {"type": "click", "name": "帮助", "key": "HELP"},
        ],
    },
]
WELCOME = (
    "您好，欢迎关注！\n明年办哪些实事，请您来说。\n\n"
    '<a href="weixin://bizmsgmenu?msgmenucontent=我要提案&msgmenuid=1">我要提案</a>\n'
    '<a href="weixin://bizmsgmenu?msgmenucontent=帮助&msgmenuid=2">帮助</a>'
)


class Service:
    """`settings` are named as in the environment of the real one; `platform` reaches its API."""

    def __init__(self, settings: Mapping[str, str], platform: httpx.AsyncClient) -> None:
        self.appid = settings["SHISHI_WECHAT__APP_ID"]
        self.secret = settings["SHISHI_WECHAT__APP_SECRET"]
        self.token = settings["SHISHI_WECHAT__TOKEN"]
        self.key = settings["SHISHI_WECHAT__ENCODING_AES_KEY"]
        self.public_url = settings["SHISHI_PUBLIC_URL"]
        self.open_url = settings["SHISHI_WECHAT__OPEN_URL"]
        self.platform = platform
        self.seen: list[dict[str, str]] = []
        self.broken = False
        self.app = Starlette(
            routes=[
                Route("/healthz", lambda _: PlainTextResponse("ok")),
                Route("/die", self.die, methods=["POST"]),
                Route("/wechat", self.hear, methods=["POST"]),
                Route("/h5/mine", self.mine, methods=["GET", "POST"]),
                Route("/h5/frames", self.frames),
            ]
        )

    async def die(self, _: Request) -> Response:
        """End the process at once, as a crash would."""
        os.write(2, b"last words\n")
        os._exit(3)

    async def hear(self, request: Request) -> Response:
        outer = dict(FIELD.findall((await request.body()).decode().removeprefix("<xml>")))
        plain = crypto.decrypt(self.key, self.appid, outer["Encrypt"])
        push = dict(FIELD.findall(plain.removeprefix("<xml>")))
        self.seen.append(push)
        if self.broken:
            return PlainTextResponse("<html>500</html>")
        return self._sealed(push, self._answer(push))

    def _answer(self, push: dict[str, str]) -> str:
        if push.get("Event") == "subscribe":
            return WELCOME
        if push.get("Event") == "CLICK":
            return f'您点了 {push["EventKey"]}。<a href="{self.public_url}/h5/mine">我的提案</a>'
        return "收到：" + (push.get("Content") or push.get("Recognition") or push["MsgType"])

    def _sealed(self, push: dict[str, str], text: str) -> Response:
        stamp = str(int(time.time()))
        names = f"<ToUserName>{push['FromUserName']}</ToUserName><FromUserName>{push['ToUserName']}</FromUserName>"
        body = f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content><CreateTime>{stamp}</CreateTime>"
        encrypted = crypto.encrypt(self.key, self.appid, f"<xml>{names}{body}</xml>")
        signature = crypto.sign(self.token, stamp, "1", encrypted)
        rest = f"<MsgSignature>{signature}</MsgSignature><TimeStamp>{stamp}</TimeStamp><Nonce>1</Nonce>"
        return PlainTextResponse(f"<xml><Encrypt>{encrypted}</Encrypt>{rest}</xml>")

    async def mine(self, request: Request) -> Response:
        if openid := request.cookies.get("who"):
            agent = request.headers["user-agent"]
            note = (await request.form()).get("note", "") if request.method == "POST" else ""
            return self._page(
                who=openid, agent=agent, note=note, origin=urlsplit(request.headers.get("origin", "")).netloc
            )
        if code := request.query_params.get("code"):
            return await self._sign_in(code)
        query = {
            "appid": self.appid,
            "redirect_uri": f"{self.public_url}/h5/mine",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": "s1",
        }
        return RedirectResponse(f"{self.open_url}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect")

    def _page(self, **told: object) -> Response:
        form = '<form method="post"><label>留言 <input name="note"></label><button>提交</button></form>'
        links = f'<a href="{self.public_url}/h5/mine">再看一次</a>'
        lines = "".join(f'<p id="{name}">{value}</p>' for name, value in told.items())
        return HTMLResponse(f"<!doctype html><title>我的提案</title>{lines}{form}{links}")

    async def _sign_in(self, code: str) -> Response:
        query = {"appid": self.appid, "secret": self.secret, "code": code, "grant_type": "authorization_code"}
        answer = await self.platform.get("/sns/oauth2/access_token", params=query)
        response = RedirectResponse(f"{self.public_url}/h5/mine", 303)
        response.set_cookie("who", answer.json()["openid"], httponly=True)
        return response

    async def frames(self, _: Request) -> Response:
        rules = "default-src 'self'; frame-ancestors 'none'; img-src data:"
        return HTMLResponse("<p>ok", headers={"X-Frame-Options": "DENY", "Content-Security-Policy": rules})
