"""One call of the platform: what is repeated, what never is, what the log may hold."""

import httpx
import pytest
from structlog.testing import capture_logs

from app.settings import Settings, WeChatSettings
from app.wechat import menus, messages
from app.wechat.client import DELAYS, WeChatClient
from app.wechat.errors import NotSent, PlatformError, Reaction, Unanswered
from app.wechat.wire import Wire, required
from tests.fixtures.clocks import SteppingClock
from tests.standin.errors import Refused
from tests.standin.platform import Platform

SEND = "/cgi-bin/message/custom/send"


@pytest.fixture
async def openid(platform: Platform) -> str:
    """A follower who has just written."""
    person = platform.add_person("陈建国", following=True)
    await platform.say(person.openid, "你好")
    return person.openid


def sent(platform: Platform) -> int:
    return len(platform.journal.accepted)


async def test_chinese_arrives_as_it_was_written(
    wechat_client: WeChatClient, platform: Platform, openid: str
) -> None:
    await messages.send_text(wechat_client, openid, "收到，编号 SS2018-0001。")
    assert platform.people[openid].chat[-1].text == "收到，编号 SS2018-0001。"


async def test_a_busy_platform_is_asked_again(
    wechat_client: WeChatClient, platform: Platform, openid: str, clock: SteppingClock
) -> None:
    await menus.current(wechat_client)  # the token is there
    platform.faults.busy = len(DELAYS)
    began = clock.wall()
    await messages.send_text(wechat_client, openid, "好")
    assert sent(platform) == 1
    assert sum(DELAYS) * 0.5 <= (clock.wall() - began).total_seconds() <= sum(DELAYS) * 1.5


async def test_but_not_for_ever(wechat_client: WeChatClient, platform: Platform, openid: str) -> None:
    await menus.current(wechat_client)
    platform.faults.busy = 100
    with pytest.raises(PlatformError) as caught:
        await messages.send_text(wechat_client, openid, "好")
    assert caught.value.reaction is Reaction.RETRY
    assert platform.faults.busy == 100 - len(DELAYS) - 1


async def test_too_fast_is_not_repeated_within_seconds(
    wechat_client: WeChatClient, platform: Platform, openid: str
) -> None:
    platform.quotas.per_minute[SEND] = 0
    with pytest.raises(PlatformError) as caught:
        await messages.send_text(wechat_client, openid, "好")
    assert caught.value.errcode == 45011
    assert sum(entry.what == SEND for entry in platform.journal.wire) == 1


async def test_a_message_whose_answer_was_lost_is_not_sent_again(
    wechat_client: WeChatClient, platform: Platform, openid: str
) -> None:
    await menus.current(wechat_client)
    platform.faults.lost_answers = 1
    with pytest.raises(Unanswered):
        await messages.send_text(wechat_client, openid, "只发一次")
    assert sent(platform) == 1


async def test_a_question_whose_answer_was_lost_is_asked_again(
    wechat_client: WeChatClient, platform: Platform
) -> None:
    platform.faults.lost_answers = 0
    await menus.current(wechat_client)
    platform.faults.lost_answers = 1
    assert await menus.current(wechat_client) == []


async def test_a_token_another_party_revoked_is_replaced_unseen(
    wechat_client: WeChatClient, platform: Platform, openid: str
) -> None:
    await menus.current(wechat_client)
    platform.faults.token_revoked = True
    await messages.send_text(wechat_client, openid, "照样送到")
    assert sent(platform) == 1


async def test_tokens_refused_again_and_again_end_in_an_error(
    wechat_client: WeChatClient, platform: Platform, openid: str
) -> None:
    await menus.current(wechat_client)
    platform.tokens.check = refuse  # type: ignore[method-assign]
    with pytest.raises(PlatformError) as caught:
        await messages.send_text(wechat_client, openid, "好")
    assert caught.value.errcode == 40001
    assert sum(entry.what == SEND for entry in platform.journal.wire) == 2


def refuse(value: str) -> None:
    raise Refused(40001)


async def test_answers_labelled_as_plain_text_are_read(wechat_client: WeChatClient, platform: Platform) -> None:
    platform.faults.plain_content_type = True
    assert await menus.current(wechat_client) == []


async def test_refusals_are_logged_with_their_rid_and_nothing_personal(
    wechat_client: WeChatClient, platform: Platform, openid: str
) -> None:
    await platform.unfollow(openid)
    with capture_logs() as lines, pytest.raises(PlatformError):
        await messages.send_text(wechat_client, openid, "好")
    token = platform.tokens.stable(force=False)[0]
    (line,) = (line for line in lines if line["event"] == "platform refused")
    assert line["errcode"] == 45015
    assert line["rid"]
    assert openid not in str(lines)
    assert token not in str(lines)


async def test_no_address_with_a_token_gets_into_the_log(
    wechat_client: WeChatClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await menus.current(wechat_client)
    assert "access_token" not in caplog.text


@pytest.mark.parametrize("answer", [b"<html>busy</html>", b"[1]", b"\xff\xfe", b'{"errcode":"many"}', b""])
async def test_an_unreadable_answer_is_no_answer(settings: Settings, answer: bytes) -> None:
    wire = Wire(settings.wechat, answering(httpx.Response(200, content=answer)))
    with pytest.raises(Unanswered, match="读不懂"):
        await wire.exchange("GET", "/cgi-bin/menu/get", {})
    await wire.close()


async def test_an_answer_without_what_was_asked_for_is_no_answer() -> None:
    with pytest.raises(Unanswered, match="openid"):
        required({"errcode": 0}, "openid")


async def test_an_http_error_tells_nothing_about_what_happened(settings: Settings) -> None:
    wire = Wire(settings.wechat, answering(httpx.Response(502)))
    with pytest.raises(Unanswered, match="502"):
        await wire.exchange("POST", SEND, {}, {})
    await wire.close()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "no-scheme", "http://"])
async def test_where_nobody_listens_nothing_was_sent(settings: Settings, address: str) -> None:
    changed = settings.wechat.model_copy(update={"api_url": address})
    wire = Wire(WeChatSettings.model_validate(changed.model_dump()))
    with pytest.raises(NotSent, match="SHISHI_WECHAT__API_URL"):
        await wire.exchange("POST", SEND, {}, {})
    await wire.close()


def answering(response: httpx.Response) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: response)
