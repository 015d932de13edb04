"""Followers, tags, menu, QR codes and media, as the service reads and writes them."""

from typing import Any

import pytest

from tests.standin.platform import Platform
from tests.standin.state import Person
from tests.standin_checks.conftest import Api
from tests.standin_checks.echo import Echo

CLICK = {"type": "click", "name": "我要提案", "key": "PROPOSE"}


async def test_the_last_page_of_followers_names_another(api: Api, platform: Platform) -> None:
    platform.account.user_page = 2
    people = [platform.add_person(name, following=True) for name in "甲乙丙丁"]
    platform.add_person("路人")
    pages = [await api.get("/cgi-bin/user/get")]
    while pages[-1]["count"]:
        pages.append(await api.get("/cgi-bin/user/get", next_openid=pages[-1]["next_openid"]))
    openids = [openid for page in pages[:-1] for openid in page["data"]["openid"]]
    assert openids == [person.openid for person in people]
    assert pages[-2]["next_openid"] == people[-1].openid
    assert pages[-1] == {"total": 4, "count": 0, "next_openid": ""}


async def test_nobody_tells_a_nickname(api: Api, platform: Platform, li: Person) -> None:
    stranger = platform.add_person("路人")
    told = await api.get("/cgi-bin/user/info", openid=li.openid)
    assert (told["subscribe"], told["subscribe_time"]) == (1, int(li.followed_at))
    assert "nickname" not in told
    many = {"user_list": [{"openid": li.openid}, {"openid": stranger.openid}]}
    listed = (await api.post("/cgi-bin/user/info/batchget", many))["user_info_list"]
    assert listed[1] == {"subscribe": 0, "openid": stranger.openid}
    assert (await api.get("/cgi-bin/user/info", openid="oNobody"))["errcode"] == 40003


async def test_tags_are_made_and_given(api: Api, platform: Platform, li: Person) -> None:
    tag = (await api.post("/cgi-bin/tags/create", {"tag": {"name": "快递"}}))["tag"]["id"]
    given = {"tagid": tag, "openid_list": [li.openid, "oNobody"]}
    answer = await api.post("/cgi-bin/tags/members/batchtagging", given)
    assert (answer["errcode"], answer["fail_openid_list"]) == (45171, ["oNobody"])
    assert (await api.get("/cgi-bin/tags/get"))["tags"] == [{"id": tag, "name": "快递", "count": 1}]
    bearers = await api.post("/cgi-bin/user/tag/get", {"tagid": tag})
    assert bearers["data"]["openid"] == [li.openid]
    assert (await api.post("/cgi-bin/tags/create", {"tag": {"name": "快递"}}))["errcode"] == 45157
    await api.post("/cgi-bin/tags/delete", {"tag": {"id": tag}})
    assert li.tags == []


async def test_of_one_alone_it_is_told_why_it_cannot_be_tagged(api: Api, platform: Platform, li: Person) -> None:
    tag = (await api.post("/cgi-bin/tags/create", {"tag": {"name": "快递"}}))["tag"]["id"]

    async def refused(openid: str) -> int:
        answer = await api.post("/cgi-bin/tags/members/batchtagging", {"tagid": tag, "openid_list": [openid]})
        return int(answer["errcode"])

    assert await refused("oNobody") == 49003
    li.tags += range(200, 220)
    assert await refused(li.openid) == 45059
    li.tags.remove(200)
    assert await refused(li.openid) == 0
    assert await refused(li.openid) == 0, "again, and nothing is changed"
    li.following = False
    assert await refused(li.openid) == 45171


async def test_a_tag_that_too_many_bear_cannot_be_deleted(api: Api, platform: Platform, li: Person) -> None:
    tag = (await api.post("/cgi-bin/tags/create", {"tag": {"name": "快递"}}))["tag"]["id"]
    given = {"tagid": tag, "openid_list": [li.openid]}
    await api.post("/cgi-bin/tags/members/batchtagging", given)
    platform.account.most_bearers = 0
    assert (await api.post("/cgi-bin/tags/delete", {"tag": {"id": tag}}))["errcode"] == 45057
    await api.post("/cgi-bin/tags/members/batchuntagging", given)
    assert (await api.post("/cgi-bin/tags/delete", {"tag": {"id": tag}}))["errcode"] == 0


async def test_a_menu_is_made_read_and_deleted(api: Api, platform: Platform) -> None:
    assert (await api.get("/cgi-bin/menu/get"))["errcode"] == 46003
    assert (await api.post("/cgi-bin/menu/create", {"button": [CLICK]}))["errcode"] == 0
    assert (await api.get("/cgi-bin/menu/get"))["menu"]["button"] == [CLICK]
    assert (await api.get("/cgi-bin/menu/delete"))["errcode"] == 0
    assert platform.menu.buttons == []


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016),
        ([CLICK] * 4, 40016),
        ([{**CLICK, "name": "我要提一个提案"}], 40018),
        ([{**CLICK, "type": "shout"}], 40017),
        ([{**CLICK, "key": "K" * 129}], 40019),
        ([{"type": "view", "name": "投票", "url": ""}], 40020),
        ([{"name": "提案", "sub_button": [CLICK] * 6}], 40023),
        ([{"name": "提案", "sub_button": [{**CLICK, "type": "shout"}]}], 40024),
        ([{"name": "提案", "sub_button": [{**CLICK, "name": "案" * 21}]}], 40025),
        ([{"name": "提案", "sub_button": [{**CLICK, "name": "案" * 20}]}], 0),
    ],
)
async def test_the_shape_of_a_menu(api: Api, buttons: list[dict[str, Any]], errcode: int) -> None:
    assert (await api.post("/cgi-bin/menu/create", {"button": buttons}))["errcode"] == errcode


async def test_a_menu_in_escaped_chinese_is_refused(api: Api) -> None:
    raw = rb'{"button":[{"type":"click","name":"\u6295\u7968","key":"VOTE"}]}'
    answer = await api.client.post("/cgi-bin/menu/create", params={"access_token": api.token}, content=raw)
    assert answer.json()["errcode"] == 40033


async def test_a_tag_can_have_a_menu_of_its_own(api: Api, platform: Platform, li: Person) -> None:
    variant = {"button": [{**CLICK, "name": "审议"}], "matchrule": {"tag_id": "100"}}
    assert (await api.post("/cgi-bin/menu/addconditional", variant))["errcode"] == 65303
    await api.post("/cgi-bin/menu/create", {"button": [CLICK]})
    assert (await api.post("/cgi-bin/menu/addconditional", variant))["errcode"] == 45159
    platform.stores.tags[100] = "审议员"
    li.tags.append(100)
    assert "menuid" in await api.post("/cgi-bin/menu/addconditional", variant)
    assert platform.menu.shown_to(li.tags) == variant["button"]
    assert platform.menu.shown_to([]) == [CLICK]
    withdrawn = {**variant, "matchrule": {"sex": "1"}}
    assert (await api.post("/cgi-bin/menu/addconditional", withdrawn))["errcode"] == 65320


async def test_a_scene_comes_back_when_scanned(api: Api, platform: Platform, li: Person, echo: Echo) -> None:
    scene = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "unit-7"}}}
    code = await api.post("/cgi-bin/qrcode/create", {**scene, "expire_seconds": 604800})
    new = platform.add_person("新人")
    await platform.follow(new.openid, scene="unit-7")
    await platform.follow(li.openid, scene="unit-7")
    told = [(heard.value("Event"), heard.value("EventKey"), heard.value("Ticket")) for heard in echo.heard]
    assert told == [("subscribe", "qrscene_unit-7", code["ticket"]), ("SCAN", "unit-7", code["ticket"])]
    assert (await api.post("/cgi-bin/qrcode/create", {"action_name": "QR"}))["errcode"] == 40052


async def test_a_picture_of_a_worker_can_be_fetched_for_three_days(
    api: Api, platform: Platform, li: Person, echo: Echo
) -> None:
    await platform.send_picture(li.openid, b"jpeg", "image/jpeg")
    media_id = echo.heard[0].value("MediaId") or ""
    query = {"access_token": api.token, "media_id": media_id}
    answer = await api.client.get("/cgi-bin/media/get", params=query)
    assert (answer.content, answer.headers["content-type"]) == (b"jpeg", "image/jpeg")
    assert (await api.client.get(echo.heard[0].value("PicUrl") or "")).content == b"jpeg"
    platform.stores.media[media_id].created_at -= 3 * 86_400
    assert (await api.get("/cgi-bin/media/get", media_id=media_id))["errcode"] == 40007


async def test_uploads_are_weighed_and_typed(api: Api) -> None:
    async def upload(kind: str, content: bytes, content_type: str) -> dict[str, Any]:
        answer = await api.client.post(
            "/cgi-bin/media/upload",
            params={"access_token": api.token, "type": kind},
            files={"media": ("a", content, content_type)},
        )
        return dict(answer.json())

    assert (await upload("image", b"png", "image/png"))["type"] == "image"
    assert (await upload("poem", b"x", "text/plain"))["errcode"] == 40004
    assert (await upload("image", b"x", "text/plain"))["errcode"] == 40005
    assert (await upload("thumb", b"x" * 65537, "image/jpeg"))["errcode"] == 45001


async def test_every_subject_of_the_api_needs_a_token(api: Api) -> None:
    api.token = ""
    for path in ("/cgi-bin/user/get", "/cgi-bin/menu/get", "/cgi-bin/tags/get", "/cgi-bin/getcallbackip"):
        assert (await api.get(path))["errcode"] == 41001


async def test_the_page_script_gets_one_ticket(api: Api) -> None:
    tickets = [(await api.get("/cgi-bin/ticket/getticket", type="jsapi"))["ticket"] for _ in range(2)]
    assert tickets[0] == tickets[1]
