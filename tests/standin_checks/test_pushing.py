"""How a push looks on the wire, how often it is tried, and what counts as an answer."""

import asyncio
from typing import Literal

import httpx
import pytest

from tests.standin import crypto
from tests.standin.core import UNAVAILABLE
from tests.standin.platform import NotFollowing, Platform
from tests.standin.state import Account, Person
from tests.standin_checks.echo import Echo


def said(person: Person) -> list[str]:
    return [f"{entry.sender}: {entry.text}" for entry in person.chat]


async def test_a_text_is_answered_in_the_chat(platform: Platform, li: Person) -> None:
    result = await platform.say(li.openid, "你好")
    assert (result.kind, result.reply_text) == ("reply", "你说：你好")
    assert said(li) == ["person: 你好", "account: 你说：你好"]


async def test_the_plain_xml_has_the_layout_of_real_pushes(
    platform: Platform, li: Person, echo: Echo, account: Account
) -> None:
    account.mode = "plain"
    result = await platform.say(li.openid, "你好")
    lines = echo.heard[0].body.split("\n")
    assert lines[:4] == [
        f"<xml><ToUserName><![CDATA[{account.original_id}]]></ToUserName>",
        f"<FromUserName><![CDATA[{li.openid}]]></FromUserName>",
        "<CreateTime>1541030400</CreateTime>",
        "<MsgType><![CDATA[text]]></MsgType>",
    ]
    assert lines[4] == "<Content><![CDATA[你好]]></Content>"
    assert (lines[-1], result.kind) == ("</xml>", "reply")


async def test_request_headers_and_query_are_the_platforms(
    platform: Platform, li: Person, echo: Echo, account: Account
) -> None:
    await platform.say(li.openid, "你好")
    heard = echo.heard[0]
    assert set(heard.headers) == {"host", "user-agent", "accept", "pragma", "content-type", "content-length"}
    assert heard.headers["user-agent"] == "Mozilla/4.0"
    query = heard.query
    assert query["signature"] == crypto.sign(account.token, query["timestamp"], query["nonce"])
    assert query["openid"] == li.openid
    assert query["encrypt_type"] == "aes"


@pytest.mark.parametrize("mode", ["safe", "plain", "compat"])
async def test_every_mode_is_understood(
    platform: Platform, li: Person, echo: Echo, account: Account, mode: Literal["safe", "plain", "compat"]
) -> None:
    account.mode = mode
    assert (await platform.say(li.openid, "你好")).reply_text == "你说：你好"
    body = echo.heard[0].body
    assert ("<Encrypt>" in body, "<Content>" in body) == (mode != "plain", mode != "safe")


async def test_saving_the_callback_address_asks_for_the_echo(platform: Platform) -> None:
    assert await platform.verify_callback()


async def test_silence_is_tried_three_times_with_the_same_message(
    platform: Platform, li: Person, echo: Echo
) -> None:
    platform.faults.deadline = 0.05
    echo.silent = 3
    result = await platform.say(li.openid, "你好")
    assert [attempt.error for attempt in result.attempts] == ["timeout"] * 3
    assert said(li)[-1] == f"notice: {UNAVAILABLE}"
    assert len({heard.xml for heard in echo.heard}) == 1
    assert len({heard.body for heard in echo.heard}) == 3
    assert len({heard.query["msg_signature"] for heard in echo.heard}) == 3


async def test_the_answer_to_a_later_attempt_counts(platform: Platform, li: Person, echo: Echo) -> None:
    platform.faults.deadline = 0.05
    echo.silent = 1
    result = await platform.say(li.openid, "你好")
    assert (result.kind, len(result.attempts)) == ("reply", 2)


async def test_the_number_of_attempts_can_be_set(platform: Platform, li: Person, echo: Echo) -> None:
    platform.faults.attempts = 4
    echo.answers = [(500, b"")] * 4
    result = await platform.say(li.openid, "你好")
    assert len(result.attempts) == 4


async def test_http_errors_may_be_final(platform: Platform, li: Person, echo: Echo) -> None:
    platform.faults.retry_errors = False
    echo.answers = [(502, b"bad gateway")]
    result = await platform.say(li.openid, "你好")
    assert (result.problem, len(result.attempts)) == ("HTTP 502", 1)


async def test_a_refused_connection_ends_in_the_notice(account: Account, unused_tcp_port: int) -> None:
    async with httpx.AsyncClient() as callback:
        url = f"http://127.0.0.1:{unused_tcp_port}/wechat"
        platform = Platform(account, callback=callback, callback_url=url)
        person = platform.add_person("李桂兰", following=True)
        result = await platform.say(person.openid, "你好")
    assert (result.kind, len(result.attempts)) == ("failed", 3)
    assert said(person)[-1] == f"notice: {UNAVAILABLE}"


@pytest.mark.parametrize("body", [b"success", b""])
async def test_success_and_nothing_leave_the_chat_alone(
    platform: Platform, li: Person, echo: Echo, body: bytes
) -> None:
    echo.answers = [(200, body)]
    result = await platform.say(li.openid, "你好")
    assert result.kind == ("success" if body else "empty")
    assert said(li) == ["person: 你好"]


@pytest.mark.parametrize("body", [b"ok", b'{"a":1}', b"<html></html>", b"<xml>", b"Success", b"\xff"])
async def test_anything_else_shows_the_notice(platform: Platform, li: Person, echo: Echo, body: bytes) -> None:
    echo.answers = [(200, body)]
    result = await platform.say(li.openid, "你好")
    assert (result.kind, len(result.attempts)) == ("failed", 1)
    assert said(li)[-1] == f"notice: {UNAVAILABLE}"


async def test_a_plain_reply_is_refused_in_safe_mode(platform: Platform, li: Person, echo: Echo) -> None:
    echo.answers = [(200, echo.reply(li.openid, "你好").encode())]
    assert (await platform.say(li.openid, "你好")).problem == "a plain reply in safe mode"


async def test_names_must_be_swapped(platform: Platform, li: Person, echo: Echo, account: Account) -> None:
    account.mode = "plain"
    echo.answers = [(200, echo.reply(account.original_id, "你好").encode())]
    assert "swapped" in (await platform.say(li.openid, "你好")).problem


@pytest.mark.parametrize(("size", "kind"), [(2048, "reply"), (2049, "failed")])
async def test_a_text_may_have_2048_bytes(
    platform: Platform, li: Person, echo: Echo, account: Account, size: int, kind: str
) -> None:
    account.mode = "plain"
    echo.answers = [(200, echo.reply(li.openid, "a" * size).encode())]
    assert (await platform.say(li.openid, "你好")).kind == kind


async def test_a_wrong_signature_or_milliseconds_are_refused(platform: Platform, li: Person, echo: Echo) -> None:
    await platform.say(li.openid, "先")
    good = echo.sealed(echo.heard[0], echo.reply(li.openid, "你好"))
    echo.answers = [(200, good.replace(b"<MsgSignature>", b"<MsgSignature>0"))]
    assert (await platform.say(li.openid, "你好")).problem == "wrong MsgSignature"
    echo.answers = [(200, good.replace(b"<TimeStamp>", b"<TimeStamp>1000"))]
    assert "seconds" in (await platform.say(li.openid, "你好")).problem


async def test_nobody_sees_that_a_background_event_failed(platform: Platform, li: Person, echo: Echo) -> None:
    echo.answers = [(500, b"")] * 3
    await platform.unfollow(li.openid)
    assert [entry.sender for entry in li.chat] == ["person"]


async def test_any_xml_can_be_pushed_as_it_is(platform: Platform, echo: Echo) -> None:
    result = await platform.push("oNobody", "<xml><MsgType>hologram</MsgType></xml>")
    assert (echo.heard[0].xml, result.kind) == (result.xml, "success")


async def test_only_followers_can_write(platform: Platform) -> None:
    stranger = platform.add_person("路人")
    with pytest.raises(NotFollowing):
        await platform.say(stranger.openid, "你好")


async def test_listeners_hear_chat_and_wire(platform: Platform, li: Person) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def listen(news: object) -> None:
        await heard.put(getattr(news, "kind", ""))

    stop = platform.listeners.subscribe(listen)
    await platform.say(li.openid, "你好")
    stop()
    await platform.say(li.openid, "再见")
    assert [heard.get_nowait() for _ in range(heard.qsize())] == ["chat", "wire", "chat"]
