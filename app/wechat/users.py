"""Reading followers from the platform (/cgi-bin/user/…); names and pictures are not told any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.wechat.client import WeChatClient
from app.wechat.wire import required

BATCH = 100  # people asked about in one call


@dataclass(frozen=True)
class Page:
    """Up to 10 000 openids. Only an empty page is the end: a full last one still names a next."""

    openids: tuple[str, ...]
    total: int


@dataclass(frozen=True)
class Info:
    """`scene` is what their QR code carried, if they came by one."""

    openid: str
    subscribed: bool
    subscribed_at: datetime | None
    scene: str | None
    tags: tuple[int, ...] = ()


async def followers_after(client: WeChatClient, openid: str = "") -> Page:
    """The page of followers behind `openid`; from the beginning without one. 500 calls a day."""
    params = {"next_openid": openid} if openid else {}  # an empty one was refused at times
    answer = await client.call("GET", "/cgi-bin/user/get", params=params)
    openids = (answer.get("data") or {}).get("openid") or ()
    return Page(tuple(openids), int(answer.get("total") or 0))


async def infos(client: WeChatClient, openids: Sequence[str]) -> list[Info]:
    """What is known of up to 100 people; one openid of another account spoils the call (40003)."""
    wanted = [{"openid": openid, "lang": "zh_CN"} for openid in openids]
    answer = await client.call("POST", "/cgi-bin/user/info/batchget", json={"user_list": wanted})
    return [_info(entry) for entry in answer.get("user_info_list") or ()]


async def info(client: WeChatClient, openid: str) -> Info:
    return _info(await client.call("GET", "/cgi-bin/user/info", params={"openid": openid, "lang": "zh_CN"}))


def _info(entry: dict[str, Any]) -> Info:
    since = int(entry.get("subscribe_time") or 0)
    return Info(
        openid=required(entry, "openid"),
        subscribed=bool(int(entry.get("subscribe") or 0)),
        subscribed_at=datetime.fromtimestamp(since, UTC) if since else None,
        scene=str(entry.get("qr_scene_str") or entry.get("qr_scene") or "") or None,
        tags=tuple(int(tag) for tag in entry.get("tagid_list") or ()),
    )
