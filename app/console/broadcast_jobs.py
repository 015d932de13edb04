"""Mass messages that went out: how they stand by the platform's word, and deleting the articles they show."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.broadcasts.jobs import MassJobs
from app.console.broadcast_page import broadcast_page
from app.console.broadcasts import BROADCASTS, BroadcastId, Composer, Releaser
from app.console.pages import redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, text_of
from app.errors import ShishiError
from app.installation import Installation

router = APIRouter()


@router.post("/broadcasts/{broadcast_id}/jobs/ask", dependencies=[FROM_OUR_PAGE])
async def ask(request: Request, here: Here, who: Composer, broadcast_id: BroadcastId) -> Response:
    try:
        told = await _mass_jobs(here).ask(broadcast_id, by=who)
    except ShishiError as refusal:
        return await run_in_threadpool(broadcast_page, request, here, who, broadcast_id, refusal)
    return redirect_with(f"{BROADCASTS}/{broadcast_id}", told)


@router.post("/broadcasts/{broadcast_id}/jobs/delete")
async def delete(
    request: Request, here: Here, who: Releaser, broadcast_id: BroadcastId, form: FormSent
) -> Response:
    """Only what a title typed once more stands for."""
    try:
        deleted = await _mass_jobs(here).delete(broadcast_id, text_of(form, "confirm"), by=who)
    except ShishiError as refusal:
        return await run_in_threadpool(broadcast_page, request, here, who, broadcast_id, refusal)
    told = f"删掉了 {deleted} 个群发任务的图文。聊天里的卡片还在，点开以后看不到内容。"
    return redirect_with(f"{BROADCASTS}/{broadcast_id}", told)


def _mass_jobs(here: Installation) -> MassJobs:
    return MassJobs.of(here.wechat, here.writer, here.clock)
