"""Customer messages and their windows."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.standin.clock import ManualClock
from tests.standin.platform import Platform
from tests.standin.state import Person
from tests.standin_checks.conftest import Api

SEND = "/cgi-bin/message/custom/send"


async def sent(api: Api, person: Person, content: str = "收到了") -> int:
    body = {"touser": person.openid, "msgtype": "text", "text": {"content": content}}
    return int((await api.post(SEND, body))["errcode"])


async def test_a_message_opens_five_in_48_hours(api: Api, platform: Platform, li: Person) -> None:
    assert await sent(api, li) == 45015
    await platform.say(li.openid, "你好")
    assert [await sent(api, li) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    await platform.say(li.openid, "再来")
    assert await sent(api, li) == 0


async def test_the_message_window_closes(api: Api, platform: Platform, clock: ManualClock, li: Person) -> None:
    await platform.say(li.openid, "你好")
    clock.advance(48 * 3600 - 1)
    api.token = platform.tokens.stable(force=False)[0]
    assert await sent(api, li) == 0
    clock.advance(1)
    assert await sent(api, li) == 45015


@pytest.mark.parametrize("action", ["click", "tap", "follow", "scan"])
async def test_other_actions_open_three_in_a_minute(
    api: Api, platform: Platform, clock: ManualClock, li: Person, action: str
) -> None:
    li.following = action != "follow"
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "click": lambda: platform.click(li.openid, "PROPOSE"),
        "tap": lambda: platform.tap(li.openid, "养老", "1"),
        "follow": lambda: platform.follow(li.openid),
        "scan": lambda: platform.follow(li.openid, scene="unit-7"),
    }
    act = acts[action]
    await act()
    assert [await sent(api, li) for _ in range(4)] == [0, 0, 0, 45047]
    await act()
    clock.advance(60)
    assert await sent(api, li) == 45015


async def test_figures_can_be_those_of_another_year(api: Api, platform: Platform, li: Person) -> None:
    allowances = platform.account.allowances
    allowances["message"] = type(allowances["message"])(20, 48 * 3600)
    await platform.say(li.openid, "你好")
    assert [await sent(api, li) for _ in range(21)] == [0] * 20 + [45047]


async def test_who_cannot_be_written_to(api: Api, platform: Platform, li: Person) -> None:
    await platform.say(li.openid, "你好")
    li.refuses = True
    assert await sent(api, li) == 48002
    li.blacklisted = True
    assert await sent(api, li) == 43019
    li.blacklisted = li.refuses = False
    await platform.unfollow(li.openid)
    assert await sent(api, li) == 45015
    assert await sent(api, platform.add_person("路人")) == 43004
    assert await sent(api, Person("oNobody", "无")) == 40003


async def test_what_cannot_be_written(api: Api, platform: Platform, li: Person) -> None:
    await platform.say(li.openid, "你好")
    assert await sent(api, li, "汉" * 683) == 45002
    assert await sent(api, li, "") == 44004
    assert await sent(api, li, "汉" * 682) == 0
    picture = {"touser": li.openid, "msgtype": "image", "image": {"media_id": "none"}}
    assert (await api.post(SEND, picture))["errcode"] == 40007
    assert (await api.post(SEND, {"touser": li.openid, "msgtype": "poem"}))["errcode"] == 40008


async def test_a_menu_message_shows_tappable_entries(api: Api, platform: Platform, li: Person) -> None:
    await platform.say(li.openid, "你好")
    menu = {"head_content": "满意吗？", "list": [{"id": "101", "content": "满意"}], "tail_content": "谢谢"}
    await api.post(SEND, {"touser": li.openid, "msgtype": "msgmenu", "msgmenu": menu})
    (link,) = li.chat[-1].links
    assert (link.label, link.content, link.menu_id) == ("满意", "满意", "101")


async def test_escaped_chinese_is_shown_literally(api: Api, platform: Platform, li: Person) -> None:
    await platform.say(li.openid, "你好")
    escaped = f'{{"touser":"{li.openid}","msgtype":"text","text":{{"content":"\\u4f60\\\\u"}}}}'
    await api.client.post(SEND, params={"access_token": api.token}, content=escaped.encode())
    assert li.chat[-1].text == r"\u4f60\u"
    platform.faults.literal_escapes = False
    await api.client.post(SEND, params={"access_token": api.token}, content=escaped.encode())
    assert li.chat[-1].text == r"你\u"


@pytest.mark.parametrize(("raw", "errcode"), [(b"", 44002), (b"{", 47001), (b"[]", 47001), (b"\xff", 47001)])
async def test_a_body_that_is_no_json_object(api: Api, raw: bytes, errcode: int) -> None:
    answer = await api.client.post(SEND, params={"access_token": api.token}, content=raw)
    assert answer.json()["errcode"] == errcode


async def test_typing_is_shown_within_half_a_minute(
    api: Api, platform: Platform, clock: ManualClock, li: Person
) -> None:
    path, start = "/cgi-bin/message/custom/typing", {"touser": li.openid, "command": "Typing"}
    await platform.say(li.openid, "你好")
    assert [(await api.post(path, start))["errcode"] for _ in range(2)] == [0, 45081]
    clock.advance(31)
    assert (await api.post(path, start))["errcode"] == 45080
    assert (await api.post(path, {**start, "command": "Sing"}))["errcode"] == 45072


async def test_a_lost_answer_was_still_carried_out(api: Api, platform: Platform, li: Person) -> None:
    await platform.say(li.openid, "你好")
    platform.faults.lost_answers = 1
    with pytest.raises(httpx.ReadTimeout):
        await sent(api, li)
    assert [accepted.openid for accepted in platform.journal.accepted] == [li.openid]
    assert await sent(api, li) == 0


async def test_busy_answers_come_in_bursts_and_change_nothing(api: Api, platform: Platform, li: Person) -> None:
    await platform.say(li.openid, "你好")
    platform.faults.busy = 2
    assert [await sent(api, li) for _ in range(3)] == [-1, -1, 0]
    assert len(platform.journal.accepted) == 1


async def test_any_refusal_can_be_asked_for(api: Api, platform: Platform, li: Person) -> None:
    await platform.say(li.openid, "你好")
    platform.refuse_next(SEND, 45009, 48004)
    assert [await sent(api, li) for _ in range(3)] == [45009, 48004, 0]


async def test_json_may_be_labelled_text_and_come_late(api: Api, platform: Platform, clock: ManualClock) -> None:
    platform.faults.plain_content_type = True
    platform.faults.slow = 3
    before = clock.now()
    answer = await api.client.get("/cgi-bin/getcallbackip", params={"access_token": api.token})
    assert answer.headers["content-type"].startswith("text/plain")
    assert clock.now() == before + 3
    assert answer.json()["ip_list"]
