"""The subjects of the API: followers, menu, media."""

import pytest

from app.wechat import media, menus, users
from app.wechat.client import WeChatClient
from app.wechat.errors import PlatformError
from tests.standin.platform import Platform

BUTTONS: list[menus.Button] = [
    {"type": "click", "name": "我要提案", "key": "PROPOSE"},
    {"name": "更多", "sub_button": [{"type": "click", "name": "帮助", "key": "HELP"}]},
]


async def test_only_an_empty_page_is_the_end_of_the_followers(
    wechat_client: WeChatClient, platform: Platform
) -> None:
    openids = tuple(platform.add_person(f"职工{n}", following=True).openid for n in range(3))
    page = await users.followers_after(wechat_client)
    assert page == users.Page(openids, total=3)
    assert await users.followers_after(wechat_client, openids[-1]) == users.Page((), total=3)


async def test_an_account_without_followers_has_an_empty_first_page(wechat_client: WeChatClient) -> None:
    assert await users.followers_after(wechat_client) == users.Page((), total=0)


async def test_people_who_left_are_told_apart(wechat_client: WeChatClient, platform: Platform) -> None:
    stays, left = (platform.add_person(name, following=True) for name in ("周慧", "吴敏"))
    left.following = False
    stays.scene = "unit-7"
    first, second = await users.infos(wechat_client, [stays.openid, left.openid])
    assert (first.subscribed, first.scene) == (True, "unit-7")
    assert first.subscribed_at is not None
    assert second == users.Info(left.openid, False, None, None)
    assert await users.info(wechat_client, stays.openid) == first


async def test_publishing_the_same_menu_twice_writes_once(wechat_client: WeChatClient, platform: Platform) -> None:
    assert await menus.publish(wechat_client, BUTTONS)
    assert not await menus.publish(wechat_client, BUTTONS)
    assert platform.quotas.used("/cgi-bin/menu/create") == 1
    assert await menus.publish(wechat_client, BUTTONS[:1])
    assert platform.menu.buttons == BUTTONS[:1]


async def test_a_picture_comes_as_it_was_sent(wechat_client: WeChatClient, platform: Platform) -> None:
    sent = platform.add_media("image", b"\x89PNG picture", "image/png")
    blob = await media.fetch(wechat_client, sent.media_id)
    assert (blob.content, blob.content_type) == (b"\x89PNG picture", "image/png")


async def test_a_picture_that_expired_is_refused(wechat_client: WeChatClient) -> None:
    with pytest.raises(PlatformError) as caught:
        await media.fetch(wechat_client, "gone")
    assert caught.value.errcode == 40007


async def test_a_video_is_not_a_file(wechat_client: WeChatClient, platform: Platform) -> None:
    video = platform.add_media("video", b"", "video/mp4")
    with pytest.raises(media.NotAFile):
        await media.fetch(wechat_client, video.media_id)
