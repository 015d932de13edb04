"""Each fault between the platform and the service, and the life of the stand-in itself."""

import json
import xml.etree.ElementTree as ET

import pytest

from tests.standin.clock import ManualClock
from tests.standin.faults import Faults
from tests.standin.platform import Platform
from tests.standin.state import Person
from tests.standin_checks.conftest import Api
from tests.standin_checks.echo import Echo


async def test_a_duplicate_is_the_same_message_twice(platform: Platform, li: Person, echo: Echo) -> None:
    platform.faults.duplicate = True
    result = await platform.say(li.openid, "你好")
    assert len({heard.xml for heard in echo.heard}) == 1
    assert len({heard.body for heard in echo.heard}) == 2
    assert result.twin is not None
    assert result.twin.reply_text == result.reply_text
    assert [entry.sender for entry in li.chat] == ["person", "account"]


async def test_out_of_order_pushes_change_places(platform: Platform, li: Person, echo: Echo) -> None:
    platform.faults.out_of_order = True
    assert (await platform.say(li.openid, "一")).kind == "held"
    await platform.say(li.openid, "二")
    await platform.say(li.openid, "三")
    await platform.settle()
    assert [heard.value("Content") for heard in echo.heard] == ["二", "一", "三"]


async def test_a_dropped_connection_is_tried_again(platform: Platform, li: Person, echo: Echo) -> None:
    platform.faults.drop_connection = 1
    result = await platform.say(li.openid, "你好")
    assert [attempt.error for attempt in result.attempts] == ["connection dropped", ""]
    assert len(echo.heard) == 2


async def test_dirty_text_is_not_well_formed(platform: Platform, li: Person, echo: Echo) -> None:
    platform.faults.dirty_text = True
    await platform.say(li.openid, "你好")
    assert "你好\x1d]]>]]>" in echo.heard[0].xml
    with pytest.raises(ET.ParseError):
        ET.fromstring(echo.heard[0].xml)
    assert li.chat[0].text == "你好"


async def test_unknown_elements_stand_in_every_push(platform: Platform, li: Person, echo: Echo) -> None:
    platform.faults.unknown_elements = True
    await platform.click(li.openid, "HELP")
    assert echo.heard[0].value("NewlyInvented/Sort") == "1"


async def test_pushes_may_still_use_the_previous_key(platform: Platform, li: Person) -> None:
    platform.faults.expired_key = True
    result = await platform.say(li.openid, "你好")
    assert result.problem == "not encrypted with this key"


@pytest.mark.parametrize(("switched_on", "told"), [(True, "我想提案"), (False, None)])
async def test_recognition_comes_only_when_switched_on(
    platform: Platform, li: Person, echo: Echo, switched_on: bool, told: str | None
) -> None:
    platform.faults.recognition = switched_on
    await platform.send_voice(li.openid, "我想提案")
    assert echo.heard[0].value("Recognition") == told


@pytest.mark.parametrize(("switch", "told"), [("absent", None), ("zero", "0"), ("id", "101")])
async def test_a_tap_may_or_may_not_name_its_menu(
    platform: Platform, li: Person, echo: Echo, switch: str, told: str | None
) -> None:
    platform.faults.change({"menu_id": switch})
    await platform.tap(li.openid, "满意", "101")
    heard = echo.heard[0]
    assert (heard.value("Content"), heard.value("bizmsgmenuid")) == ("满意", told)


async def test_a_slow_network_delays_pushes(platform: Platform, clock: ManualClock, li: Person) -> None:
    platform.faults.slow = 2
    before = clock.now()
    await platform.say(li.openid, "你好")
    assert clock.now() == before + 2


def test_switches_are_set_by_name_or_not_at_all() -> None:
    faults = Faults()
    faults.change({"busy": 3, "slow": 1})
    with pytest.raises(ValueError, match="sloww"):
        faults.change({"busy": 9, "sloww": 1})
    for wrong in ({"duplicate": "yes"}, {"busy": True}, {"busy": -1}, {"menu_id": "two"}, {"slow": "1"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            faults.change(wrong)
    assert (faults.busy, faults.slow) == (3, 1)
    faults.reset()
    assert faults == Faults()


@pytest.mark.parametrize(
    ("verb", "kind"),
    [
        ("send_sticker", "text"),
        ("send_video", "video"),
        ("send_voice", "voice"),
    ],
)
async def test_other_messages_have_their_type(
    platform: Platform, li: Person, echo: Echo, verb: str, kind: str
) -> None:
    await getattr(platform, verb)(li.openid)
    assert echo.heard[0].value("MsgType") == kind


async def test_places_links_files_and_views(platform: Platform, li: Person, echo: Echo) -> None:
    await platform.send_location(li.openid, 31.23, 121.47, "人民广场")
    await platform.send_link(li.openid, "通知", "http://a.example/")
    await platform.send_file(li.openid, "申报表.docx", b"PK")
    await platform.view(li.openid, "http://service/h5/mine")
    told = [heard.value("Label") or heard.value("Title") or heard.value("EventKey") for heard in echo.heard]
    assert told == ["人民广场", "通知", "申报表.docx", "http://service/h5/mine"]


async def test_links_of_an_answer_can_be_tapped(platform: Platform, li: Person, api: Api) -> None:
    await platform.say(
        li.openid,
        '<a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=7">养老</a> <a href="http://b.example/">页</a>',
    )
    first, second = li.chat[-1].links
    assert (first.content, first.menu_id, second.href) == ("1", "7", "http://b.example/")
    assert li.chat[0].links == []


async def test_the_wire_shows_both_directions(api: Api, platform: Platform, li: Person) -> None:
    await platform.click(li.openid, "VOTE")
    await api.get("/cgi-bin/menu/get")
    push, call = platform.journal.wire
    assert (push.what, push.attempt, push.status, push.answer) == ("CLICK", 1, 200, "success")
    assert (call.what, call.errcode) == ("/cgi-bin/menu/get", 46003)


async def test_everything_survives_a_restart(platform: Platform, li: Person, api: Api) -> None:
    await platform.say(li.openid, '<a href="http://b.example/">页</a>')
    await platform.send_picture(li.openid, b"\xff\xd8")
    await api.post("/cgi-bin/menu/create", {"button": [{"type": "click", "name": "投票", "key": "VOTE"}]})
    await api.post("/cgi-bin/tags/create", {"tag": {"name": "快递"}})
    platform.add_template("T", "提醒", "thing1")
    saved = json.loads(json.dumps(platform.snapshot()))
    reborn = Platform(platform.account, callback=platform.callback, callback_url="http://service/wechat")
    reborn.restore(saved)
    assert reborn.people[li.openid] == li
    assert (reborn.menu, reborn.stores.tags) == (platform.menu, platform.stores.tags)
    assert reborn.stores.media == platform.stores.media
    assert reborn.stores.templates == platform.stores.templates
    assert reborn.journal.next_id() > max(entry.id for entry in li.chat)
