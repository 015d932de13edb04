"""Saying yes to notices inside WeChat: the platform's own element asks, and tells us the answer by an event.

Nobody signs in here: whose yes it was the platform knows, and the page holds nothing of anybody.
"""

from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.h5.headers import CONTENT_POLICY, policy
from app.h5.pages import page, telling
from app.h5.visiting import Here
from app.installation import Installation
from app.wechat.errors import CallFailed

PATH = "/h5/notices"
NONE = "现在没有可以订的通知。有了结果，会在公众号里公布；提过提案的，也会收到答复。"

router = APIRouter()
log = structlog.get_logger(__name__)


@router.get("/notices")
async def asking(request: Request, here: Here) -> Response:
    settings = here.settings.wechat
    if not settings.notices:
        return telling(request, "收结果通知", NONE, 200, ("/h5/mine", "看看我的提案"))
    answer = page(
        request,
        "notices.html",
        templates=",".join(settings.notices),
        script=settings.script_url,
        config=await _config(here, request),
    )
    script = urlsplit(settings.script_url)
    # The platform's element brings styles of its own.
    answer.headers[CONTENT_POLICY] = policy(script=f"{script.scheme}://{script.netloc}", style="'unsafe-inline'")
    return answer


async def _config(here: Installation, request: Request) -> dict[str, str] | None:
    """None when the platform gives no ticket now: the page says to come again."""
    query = request.url.query
    try:
        return await here.signer.config(f"{here.settings.public_url}{PATH}{'?' + query if query else ''}")
    except CallFailed:
        log.warning("page not signed")
        return None
