"""The phone's JSON API: what a finger does, and what the chat shows then."""

import pytest

from tests.phone.conftest import World
from tests.phone.service import MENU
from tests.standin.core import UNAVAILABLE


async def test_following_brings_the_welcome_and_the_menu(world: World) -> None:
    chat = f"/phone/people/{world.worker('周玉兰').openid}/chat"
    assert (await world.page.get(chat)).json() == {"entries": [], "menu": [], "following": False}

    *_, welcome = await world.does("周玉兰", "follow")

    assert welcome["from"] == "account"
    assert {"text": "我要提案", "says": "我要提案", "menu_id": "1"} in welcome["pieces"]
    after = (await world.page.get(chat)).json()
    assert (after["menu"], after["following"]) == (MENU, True)


async def test_what_is_typed_and_tapped_is_answered(world: World) -> None:
    await world.does("陈飞", "follow")
    said = await world.does("陈飞", "say", text="你好\n第二行")
    tapped = await world.does("陈飞", "tap", content="帮助", menu_id="2")
    clicked = await world.does("陈飞", "click", key="VOTE")

    assert [entry["text"] for entry in said] == ["你好\n第二行", "收到：你好\n第二行"]
    assert [entry["text"] for entry in tapped] == ["帮助", "收到：帮助"]
    assert clicked[-1]["pieces"][1] == {"text": "我的提案", "href": "http://service.test/h5/mine"}


async def test_each_worker_has_a_chat_of_their_own(world: World) -> None:
    await world.does("陈飞", "follow")
    await world.does("孙立", "follow")
    await world.does("陈飞", "say", text="只有我")
    other = (await world.page.get(f"/phone/people/{world.worker('孙立').openid}/chat")).json()
    assert not any("只有我" in entry["text"] for entry in other["entries"])


async def test_the_account_cannot_smuggle_markup(world: World) -> None:
    await world.does("陈飞", "follow")
    *_, answer = await world.does("陈飞", "say", text='<img src=x onerror="alert(1)">')
    assert answer["pieces"] == [{"text": '收到：<img src=x onerror="alert(1)">'}]


async def test_pictures_voice_and_stickers(world: World) -> None:
    await world.does("陈飞", "follow")
    picture, answer = await world.does("陈飞", "picture")
    shown = await world.page.get(picture["picture"])
    assert (shown.headers["content-type"], answer["text"]) == ("image/png", "收到：image")

    assert (await world.does("陈飞", "voice", text="热饭", recognised=True))[-1]["text"] == "收到：热饭"
    assert (await world.does("陈飞", "voice", text="热饭", recognised=False))[-1]["text"] == "收到：voice"
    assert "不支持的消息类型" in (await world.does("陈飞", "sticker"))[-1]["text"]


async def test_a_picture_of_ones_own(world: World) -> None:
    await world.does("陈飞", "follow")
    path = f"/phone/people/{world.worker('陈飞').openid}/picture"
    answer = await world.page.post(path, content=b"\xff\xd8\xff", headers={"content-type": "image/jpeg"})
    assert (await world.page.get(answer.json()["entries"][0]["picture"])).content == b"\xff\xd8\xff"

    refused = await world.page.post(path, content=b"%PDF", headers={"content-type": "application/pdf"})
    assert (refused.status_code, refused.json()["detail"]) == (415, "只能发 JPG、PNG、GIF 或 WebP 图片。")


async def test_a_broken_service_shows_what_wechat_shows(world: World) -> None:
    await world.does("陈飞", "follow")
    world.service.broken = True
    *_, notice = await world.does("陈飞", "say", text="在吗")
    assert (notice["from"], notice["text"]) == ("notice", UNAVAILABLE)
    (*_, push) = (await world.page.get("/phone/wire")).json()["items"]
    assert push["outcome"] == "failed"
    assert push["problem"]


async def test_leaving_takes_the_chat_away_until_one_comes_back(world: World) -> None:
    await world.does("陈飞", "follow")
    await world.does("陈飞", "unfollow")
    refused = await world.page.post(f"/phone/people/{world.worker('陈飞').openid}/say", json={"text": "还在吗"})
    assert (refused.status_code, refused.json()["detail"]) == (409, "先关注公众号，才能和它说话。")
    await world.does("陈飞", "follow")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/say", b"{}", 422),
        ("/say", b'{"text": "  "}', 422),
        ("/say", b'{"text": 5}', 422),
        ("/say", b"not json", 400),
        ("/say", b"[]", 422),
        ("/say", b'{"text": "' + b"x" * 6000 + b'"}', 422),
        ("/voice", '{"text": "好", "recognised": "yes"}'.encode(), 422),
        ("/follow", b"", 409),
        ("/dance", b"{}", 404),
    ],
)
async def test_bad_requests_get_one_sentence(world: World, path: str, body: bytes, status: int) -> None:
    await world.does("陈飞", "follow")
    answer = await world.page.post(f"/phone/people/{world.worker('陈飞').openid}{path}", content=body)
    assert answer.status_code == status
    assert answer.json()["detail"].endswith("。")


async def test_nobody_of_that_name(world: World) -> None:
    answer = await world.page.get("/phone/people/oNobody/chat")
    assert (answer.status_code, answer.json()["detail"]) == (404, "没有这位职工。")


async def test_notices_are_cards(world: World) -> None:
    chenfei = world.worker("陈飞")
    await world.does("陈飞", "follow")
    values = {"thing1": "热饭点", "phrase2": "已受理"}
    await world.platform.journal.chat(
        chenfei, "account", "template", "办理进度", values=values, url="http://service.test/h5/mine", msg_id=1
    )
    articles = [{"Title": "结果公布", "Description": "十件实事", "Url": "http://service.test/h5/results/2018"}]
    await world.platform.journal.chat(chenfei, "account", "news", reply={"Articles": articles})
    entries = (await world.page.get(f"/phone/people/{chenfei.openid}/chat")).json()["entries"]
    notice, article = (entry["card"] for entry in entries[-2:])
    assert notice == {"title": "办理进度", "rows": ["热饭点", "已受理"], "url": "http://service.test/h5/mine"}
    assert (article["title"], article["text"]) == ("结果公布", "十件实事")


async def test_agreeing_is_worth_one_subscription_notice(world: World) -> None:
    await world.does("陈飞", "follow")
    await world.does("陈飞", "subscribe")
    assert world.worker("陈飞").credits == {"DEMO_OPINION": 1}
    assert world.service.seen[-1]["Event"] == "subscribe_msg_popup_event"
    templates = (await world.page.get("/phone/templates")).json()["items"]
    assert [one["id"] for one in templates] == ["DEMO_PROGRESS", "DEMO_OPINION"]


async def test_the_page_loads_nothing_from_elsewhere(world: World) -> None:
    page = await world.page.get("/")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "//" not in page.text.replace("http://www.w3.org/2000/svg", "")
