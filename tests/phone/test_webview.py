"""Pages of the service inside the phone: signed in, one cookie jar a worker, never out of the phone."""

import pytest

from tests.phone.conftest import SERVICE, STANDIN, World

MINE = f"{SERVICE}/h5/mine"


async def test_opening_a_page_signs_the_worker_in(world: World) -> None:
    await world.does("陈飞", "follow")
    page = await world.opens("陈飞", MINE)
    assert page.url.path == "/h5/mine"
    assert f'<p id="who">{world.worker("陈飞").openid}</p>' in page.text
    assert "MicroMessenger/8.0" in page.text
    assert all(hop.url.host == "standin.test" for hop in [*page.history, page])


async def test_workers_do_not_share_cookies(world: World) -> None:
    await world.does("陈飞", "follow")
    await world.does("孙立", "follow")
    await world.opens("陈飞", MINE)
    assert world.worker("孙立").openid in (await world.opens("孙立", MINE)).text
    assert world.worker("陈飞").openid in (await world.opens("陈飞", MINE)).text
    assert "who" not in {cookie.name for cookie in world.page.cookies.jar}


async def test_a_form_is_posted_as_from_the_service_itself(world: World) -> None:
    await world.does("陈飞", "follow")
    await world.opens("陈飞", MINE)
    answer = await world.page.post("/h5/mine", data={"note": "热饭"}, headers={"origin": STANDIN})
    assert '<p id="note">热饭</p>' in answer.text
    assert '<p id="origin">service.test</p>' in answer.text
    assert f'<a href="{STANDIN}/h5/mine">' in answer.text


async def test_frame_rules_are_taken_off_and_the_others_kept(world: World) -> None:
    page = await world.opens("陈飞", f"{SERVICE}/h5/frames")
    assert "x-frame-options" not in page.headers
    assert page.headers["content-security-policy"].split("; ") == ["default-src 'self'", "img-src data:"]


async def test_a_page_elsewhere_is_named_and_not_opened(world: World) -> None:
    page = await world.opens("陈飞", "https://elsewhere.test/?q=<b>")
    assert page.url.host == "standin.test"
    assert "https://elsewhere.test/?q=&lt;b&gt;" in page.text
    script = await world.opens("陈飞", "javascript:alert(1)")
    assert 'href="javascript' not in script.text


@pytest.mark.parametrize("url", [f"{SERVICE}.evil.test/h5/mine", f"{SERVICE}:81/h5/mine", "//service.test/"])
async def test_an_address_that_only_looks_like_ours_is_elsewhere(world: World, url: str) -> None:
    assert world.phone.webview.path_of(url) is None


async def test_without_a_phone_there_is_no_page(world: World) -> None:
    answer = await world.page.get("/h5/mine")
    assert (answer.status_code, answer.json()["detail"]) == (403, "请从演示手机的聊天里打开这个网页。")
