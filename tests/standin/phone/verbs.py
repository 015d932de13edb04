"""What a finger on the phone does: each verb reads its request and has the platform carry it out."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request

from tests.standin.phone.requests import Unacceptable, body, picture, word, words
from tests.standin.platform import Platform

SAMPLE = Path(__file__).parent / "static" / "sample.png"

Verb = Callable[[Platform, str, Request], Awaitable[object]]


async def say(platform: Platform, openid: str, request: Request) -> None:
    await platform.say(openid, await words(request, "text"))


async def tap(platform: Platform, openid: str, request: Request) -> None:
    fields = await body(request)
    await platform.tap(openid, word(fields.get("content"), "content"), str(fields.get("menu_id", "")))


async def click(platform: Platform, openid: str, request: Request) -> None:
    await platform.click(openid, await words(request, "key"))


async def view(platform: Platform, openid: str, request: Request) -> None:
    await platform.view(openid, await words(request, "url"))


async def send_picture(platform: Platform, openid: str, request: Request) -> None:
    content, kind = await picture(request) or (SAMPLE.read_bytes(), "image/png")
    await platform.send_picture(openid, content, kind)


async def send_voice(platform: Platform, openid: str, request: Request) -> None:
    fields = await body(request)
    spoken = word(fields.get("text"), "text")
    recognised = fields.get("recognised", platform.faults.recognition)
    if not isinstance(recognised, bool):
        raise Unacceptable(422, "recognised 只能是 true 或 false。")
    platform.faults.recognition = recognised
    await platform.send_voice(openid, spoken)


async def send_sticker(platform: Platform, openid: str, request: Request) -> None:
    await platform.send_sticker(openid)


async def follow(platform: Platform, openid: str, request: Request) -> None:
    scene = (await body(request)).get("scene")
    if scene is None and platform.people[openid].following:
        raise Unacceptable(409, "这位职工已经关注了公众号。")
    await platform.follow(openid, None if scene is None else str(scene))


async def unfollow(platform: Platform, openid: str, request: Request) -> None:
    await platform.unfollow(openid)


async def subscribe(platform: Platform, openid: str, request: Request) -> None:
    """Each acceptance is worth one subscription notice; without a template_id the account's first is meant."""
    fields = await body(request)
    offered = [one.template_id for one in platform.stores.templates.values() if one.for_subscription]
    template_id = fields.get("template_id", offered[0] if offered else "")
    if template_id not in offered:
        raise Unacceptable(404, "公众号没有这个订阅通知模板。")
    await platform.answer_subscription(openid, template_id, accept=fields.get("accept", True) is True)


VERBS: dict[str, Verb] = {
    "say": say,
    "tap": tap,
    "click": click,
    "view": view,
    "picture": send_picture,
    "voice": send_voice,
    "sticker": send_sticker,
    "subscribe": subscribe,
    "follow": follow,
    "unfollow": unfollow,
}
