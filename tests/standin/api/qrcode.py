"""QR codes with a scene: scanned, it comes back in the follow or SCAN event."""

import secrets
from typing import Any

from tests.standin.api.call import SERVICE, Call, Endpoint
from tests.standin.errors import Refused

LONGEST_LIFE, USUAL_LIFE = 2_592_000, 60
LARGEST_TEMPORARY, LARGEST_PERMANENT = 2**32 - 1, 100_000
SCENE_LENGTH = 64


async def create(call: Call) -> dict[str, Any]:
    body = call.json()
    action = str(body.get("action_name"))
    scene = (body.get("action_info") or {}).get("scene") or {}
    if action not in {"QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"}:
        raise Refused(40052)
    value = _text_scene(scene) if "STR" in action else _number_scene(scene, action)
    ticket = "gQ" + secrets.token_urlsafe(60)
    call.platform.stores.qr_scenes[ticket] = value
    told = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket[2:24]}"}
    return told if "LIMIT" in action else {**told, "expire_seconds": _life(body)}


def _text_scene(scene: dict[str, Any]) -> str:
    value = scene.get("scene_str")
    if not isinstance(value, str) or not 0 < len(value) <= SCENE_LENGTH:
        raise Refused(40053)
    return value


def _number_scene(scene: dict[str, Any], action: str) -> str:
    value = scene.get("scene_id")
    largest = LARGEST_PERMANENT if "LIMIT" in action else LARGEST_TEMPORARY
    if not isinstance(value, int) or not 0 < value <= largest:
        raise Refused(40053)
    return str(value)


def _life(body: dict[str, Any]) -> int:
    life = body.get("expire_seconds", USUAL_LIFE)
    if not isinstance(life, int) or not 0 < life <= LONGEST_LIFE:
        raise Refused(40035)
    return life


ENDPOINTS = (Endpoint("POST", "/cgi-bin/qrcode/create", create, kinds=SERVICE),)
