"""Fetching what people sent: pictures and voices, kept by the platform for three days (/cgi-bin/media/get)."""

from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed
from app.wechat.wire import Blob


class NotAFile(CallFailed):
    """The platform answered with an address or nothing instead of bytes: a video, or an unknown kind."""


async def fetch(client: WeChatClient, media_id: str) -> Blob:
    """Raises PlatformError 40007 once it has expired."""
    answer = await client.fetch("/cgi-bin/media/get", {"media_id": media_id})
    if not isinstance(answer, Blob):
        raise NotAFile("这个素材不是图片或语音，取不下来。")
    return answer
