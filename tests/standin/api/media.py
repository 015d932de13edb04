"""Media: temporary for three days, permanent as material, and drafts of articles."""

import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.standin.api.call import Call, Endpoint
from tests.standin.errors import Refused
from tests.standin.platform import Platform

ARTICLES = 8
MEGABYTE = 1 << 20
LIMITS = {"image": 10 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "thumb": 64 << 10}
IMAGES = ("image/bmp", "image/png", "image/jpeg", "image/jpg", "image/gif")
CONTENT_TYPES = {
    "image": IMAGES,
    "voice": ("audio/amr", "audio/mpeg", "audio/mp3"),
    "video": ("video/mp4",),
    "thumb": ("image/jpeg", "image/jpg"),
}


async def upload(call: Call) -> dict[str, Any]:
    kind = call.query("type")
    if kind not in LIMITS:
        raise Refused(40004)
    content, content_type = await _uploaded(call.request, kind)
    media = call.platform.add_media(kind, content, content_type)
    return {"type": kind, "media_id": media.media_id, "created_at": int(media.created_at)}


async def get(call: Call) -> dict[str, Any] | Response:
    """The bytes; for a video only where to find them."""
    media_id = call.query("media_id")
    if not media_id:
        raise Refused(41006)
    media = call.platform.stores.live_media(media_id, call.now)
    if media is None:
        raise Refused(40007)
    if media.type == "video":
        return {"video_url": call.platform.media_url(media)}
    return Response(media.content, media_type=media.content_type)


async def upload_article_image(call: Call) -> dict[str, Any]:
    """A picture for an article: only an address, no media_id."""
    content, content_type = await _uploaded(call.request, "image")
    if len(content) > MEGABYTE:
        raise Refused(45001)
    media = call.platform.add_media("image", content, content_type)
    return {"url": call.platform.media_url(media)}


async def add_material(call: Call) -> dict[str, Any]:
    """A permanent file, such as the cover of an article."""
    kind = call.query("type")
    if kind not in LIMITS:
        raise Refused(40004)
    media = call.platform.add_media(kind, *await _uploaded(call.request, kind))
    media.permanent = True
    return {"media_id": media.media_id, "url": call.platform.media_url(media)}


async def add_draft(call: Call) -> dict[str, Any]:
    """An article, waiting to be sent; its cover must be permanent material."""
    articles = call.json().get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= ARTICLES:
        raise Refused(45008)
    for article in articles:
        _check_article(call, article)
    content = json.dumps(articles, ensure_ascii=False).encode()
    draft = call.platform.add_media("news", content, "application/json")
    draft.permanent = True
    return {"media_id": draft.media_id}


def _check_article(call: Call, article: dict[str, Any]) -> None:
    if not article.get("title") or not article.get("content"):
        raise Refused(44004)
    cover = call.platform.stores.live_media(article.get("thumb_media_id"), call.now)
    if cover is None or not cover.permanent:
        raise Refused(40007)


async def _uploaded(request: Request, kind: str) -> tuple[bytes, str]:
    async with request.form() as form:
        part = form.get("media")
        if not isinstance(part, UploadFile):
            raise Refused(41005)
        content = await part.read()
    if part.content_type not in CONTENT_TYPES[kind]:
        raise Refused(40005)
    if not 0 < len(content) <= LIMITS[kind]:
        raise Refused(45001)
    return content, part.content_type or ""


def picture_route(platform: Platform) -> Route:
    """Where PicUrl and video_url point; open to anybody who has the address."""

    async def show(request: Request) -> Response:
        media = platform.stores.media.get(request.path_params["media_id"])
        if media is None:
            raise HTTPException(404)
        return Response(media.content, media_type=media.content_type)

    return Route("/mmbiz/{media_id}", show)


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/media/upload", upload),
    Endpoint("GET", "/cgi-bin/media/get", get),
    Endpoint("POST", "/cgi-bin/media/uploadimg", upload_article_image),
    Endpoint("POST", "/cgi-bin/material/add_material", add_material),
    Endpoint("POST", "/cgi-bin/draft/add", add_draft),
)
