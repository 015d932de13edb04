"""Drawing pages of the console, and the page for everything that went otherwise than hoped."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi.templating import Jinja2Templates
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.console.session import Notice, put_notice, take_notice
from app.console.shell import shell_of
from app.errors import ShishiError
from app.installation import Installation

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TEMPLATES = Jinja2Templates(directory=FOLDER / "templates")

HOME = ("/console/", "回到总览")
NOT_HERE = "没有这个网页，可能是地址不完整，或者内容已经不在了。"
BUSY = "系统这会儿有点忙，刚才的操作可能没有保存。请过一会儿再试。"
TOO_MUCH = "内容太多了，一次收不下。请分几次来。"
SENTENCES = {400: "送来的内容读不懂，没有保存。请刷新网页再试。", 404: NOT_HERE, 405: NOT_HERE, 413: TOO_MUCH}
TITLES = {403: "这里打不开", 404: "没有找到", 405: "没有找到", 409: "现在不能这样做", 413: "内容太多了"}


def page(request: Request, template: str, status: int = 200, /, **shown: Any) -> Response:
    """`template` extends console.html. It also sees `who`, `token`, `zone` and all of app.console.shell.Shell."""
    here: Installation = request.app.state.installation
    shell = shell_of(request)
    around = {"shell": shell, "who": shell and shell.who, "token": shell.token if shell else ""}
    shown = {**around, "zone": here.settings.zone, **shown}
    response = TEMPLATES.TemplateResponse(request, template, shown, status_code=status)
    if shell is not None:
        take_notice(request.cookies, response)
    return response


def redirect_with(address: str, notice: str = "", *, bad: bool = False) -> Response:
    """On to another page of ours, which says `notice` once."""
    response = RedirectResponse(address, 303)
    if notice:
        put_notice(response, Notice(notice, bad))
    return response


def telling(request: Request, title: str, sentence: str, status: int, *ways: tuple[str, str]) -> Response:
    """A page that says one thing, with `ways` on: (address, label). A script gets the sentence alone."""
    if wants_json(request):
        return JSONResponse({"message": sentence}, status)
    return page(request, "telling.html", status, title=title, sentence=sentence, ways=ways)


def wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def on_refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, ShishiError)
    title = TITLES.get(refusal.status, "没有成功")
    return telling(request, title, refusal.message, refusal.status, HOME)


def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = SENTENCES.get(error.status_code, BUSY)
    return telling(request, TITLES.get(error.status_code, "没有成功"), sentence, error.status_code, HOME)


def on_bad_address(request: Request, _error: Exception) -> Response:
    """What an address or a field says is not of the kind that the page reads."""
    return telling(request, "没有成功", SENTENCES[400], 422, HOME)


def on_failure(request: Request, _error: Exception) -> Response:
    """The error itself goes on to the server, which logs it. Whatever is broken, this page asks nothing of it."""
    if wants_json(request):
        return JSONResponse({"message": BUSY}, 500)
    shown = {"shell": None, "title": "没有成功", "sentence": BUSY, "ways": (HOME,)}
    return TEMPLATES.TemplateResponse(request, "telling.html", shown, status_code=500)


def static(name: str) -> str:
    """The address of a file in static/, which changes with its content."""
    content = (STATIC / name).read_bytes()
    return f"/console/static/{name}?v={hashlib.sha256(content).hexdigest()[:8]}"


@pass_context
def token_field(context: Context) -> Markup:
    return Markup('<input type="hidden" name="token" value="{}">').format(context["token"])


@pass_context
def day(context: Context, at: datetime) -> str:
    return f"{at.astimezone(context['zone']):%Y-%m-%d}"


@pass_context
def moment(context: Context, at: datetime) -> str:
    return f"{at.astimezone(context['zone']):%Y-%m-%d %H:%M}"


TEMPLATES.env.globals.update(static=static, token_field=token_field)
TEMPLATES.env.filters.update(day=day, moment=moment)
