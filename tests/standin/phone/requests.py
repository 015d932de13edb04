"""What the phone's JSON API accepts: reading bodies, and refusing them in one sentence."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

PICTURE_LIMIT = 10 * 1024 * 1024
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
TEXT_LIMIT = 5000


class Unacceptable(Exception):
    """A request the phone cannot carry out; `detail` is for whoever holds it."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


async def refuse(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Unacceptable)
    return JSONResponse({"detail": error.detail}, error.status)


async def body(request: Request) -> dict[str, Any]:
    """The JSON object of the body; nothing at all counts as an empty one."""
    content = await request.body()
    try:
        fields = json.loads(content) if content else {}
    except ValueError:
        raise Unacceptable(400, "请求体不是 JSON。") from None
    if not isinstance(fields, dict):
        raise Unacceptable(422, "请求体要是一个 JSON 对象。")
    return fields


async def words(request: Request, name: str) -> str:
    """The text field `name`: present, not blank, not endless."""
    return word((await body(request)).get(name), name)


def word(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unacceptable(422, f"缺少 {name}。")
    if len(value) > TEXT_LIMIT:
        raise Unacceptable(422, f"太长了，最多 {TEXT_LIMIT} 个字。")
    return value


async def picture(request: Request) -> tuple[bytes, str] | None:
    """The picture in the body and its type; None for an empty body."""
    content = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0]
    if not content or kind == "application/json":
        return None
    if kind not in PICTURES:
        raise Unacceptable(415, "只能发 JPG、PNG、GIF 或 WebP 图片。")
    if len(content) > PICTURE_LIMIT:
        raise Unacceptable(413, "图片太大了，请选 10 MB 以内的。")
    return content, kind
