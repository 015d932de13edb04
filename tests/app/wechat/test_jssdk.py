"""Signing pages: the platform's own example and other known answers; one ticket for as long as it lives."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.wechat.client import WeChatClient
from app.wechat.jssdk import Signer, signature
from tests.fixtures.clocks import SteppingClock
from tests.standin.api import jssdk
from tests.standin.platform import Platform

VECTORS = json.loads((Path(__file__).parents[2] / "data/wechat-vectors.json").read_text(encoding="utf-8"))
SIGNED = [one for one in VECTORS if one["kind"] == "jsapi_signature"]
PAGE = "https://shishi.test/h5/notices?from=singlemessage"


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["id"])
def test_known_answers(vector: dict[str, Any]) -> None:
    found = signature(vector["ticket"], vector["noncestr"], str(vector["timestamp"]), vector["url"])
    assert found == vector["signature"]


def test_what_follows_the_hash_is_not_signed() -> None:
    assert signature("t", "n", "1", PAGE + "#top") == signature("t", "n", "1", PAGE)


async def test_the_platform_takes_it(
    wechat_client: WeChatClient, platform: Platform, clock: SteppingClock
) -> None:
    signer = Signer(wechat_client, clock)
    config = await signer.config(PAGE)
    said = [config[name] for name in jssdk.SIGNED]
    assert jssdk.is_signed(platform, PAGE, *said)
    assert not jssdk.is_signed(platform, PAGE + "&x=1", *said)


async def test_a_ticket_is_asked_for_once_while_it_lives(
    wechat_client: WeChatClient, platform: Platform, clock: SteppingClock
) -> None:
    signer = Signer(wechat_client, clock)
    for hours in (0, 1, 0.9, 0.2):
        clock.advance(hours=hours)
        await signer.config(PAGE)
    asked = [entry for entry in platform.journal.wire if "getticket" in str(entry)]
    assert len(asked) == 2
