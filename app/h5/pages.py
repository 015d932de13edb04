"""Drawing pages, and the page for everything that went otherwise than hoped."""

import hashlib
from pathlib import Path
from typing import Any

from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.errors import ShishiError

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TEMPLATES = Jinja2Templates(directory=FOLDER / "templates")
TEMPLATES.env.trim_blocks = TEMPLATES.env.lstrip_blocks = True  # or a tenth of a ballot would be empty lines

NOT_HERE = "没有这个网页，可能是地址不完整。"
BUSY = "系统这会儿有点忙，刚才的操作可能没有保存。请过一会儿再试。"
SENTENCES = {404: NOT_HERE, 405: NOT_HERE, 413: "内容太多了，一次保存不下。请精简一些再试。"}
TITLES = {401: "请重新打开", 403: "现在打不开", 404: "没有找到", 409: "现在不能这样做", 413: "内容太多了"}


def _version() -> str:
    """A name for the present content of the fixed files, so that a new version is fetched at once."""
    content = b"".join(path.read_bytes() for path in sorted(STATIC.iterdir()))
    return hashlib.sha256(content).hexdigest()[:8]


TEMPLATES.env.globals["version"] = _version()


def page(request: Request, template: str, status: int = 200, /, **shown: Any) -> Response:
    return TEMPLATES.TemplateResponse(request, template, shown, status_code=status)


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
    return telling(request, title, refusal.message, refusal.status, ("/h5/mine", "看看我的提案"))


def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = SENTENCES.get(error.status_code, BUSY)
    title = TITLES.get(error.status_code, "没有成功")
    return telling(request, title, sentence, error.status_code, ("/h5/mine", "看看我的提案"))


def on_failure(request: Request, _error: Exception) -> Response:
    """The error itself goes on to the server, which logs it."""
    return telling(request, "没有成功", BUSY, 500, ("/h5/mine", "看看我的提案"))
