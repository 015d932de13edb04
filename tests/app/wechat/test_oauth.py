"""Signing in on pages: the address the platform insists on, and codes that come twice."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.crypto import Keyring
from app.database import Database
from app.settings import Settings
from app.wechat.client import WeChatClient
from app.wechat.errors import PlatformError
from app.wechat.oauth import SignIn, SnapshotUser, authorize_url
from app.writer import Writer
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.platforms import SharedTime
from tests.standin.platform import Platform

TARGET = "http://service.test/h5/vote/1?from=menu"


@pytest.fixture
def sign_in(
    wechat_client: WeChatClient,
    database: Database,
    writer: Writer,
    keyring: Keyring,
    clock: SteppingClock,
    shared_time: SharedTime,
) -> SignIn:
    return SignIn(wechat_client, database, writer, keyring, clock, shared_time.sleep)


@pytest.fixture
async def browser(platform_transport: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=platform_transport) as browser:
        yield browser


async def code_for(openid: str, settings: Settings, browser: httpx.AsyncClient) -> str:
    """Open the authorize page as this person and read the code off the redirect."""
    address = authorize_url(settings.wechat, TARGET, "State123")
    answer = await browser.get(address, headers={"x-standin-person": openid})
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == ["State123"]
    assert query["from"] == ["menu"]
    return query["code"][0]


def test_the_address_has_the_documented_order_and_the_fragment(settings: Settings) -> None:
    assert authorize_url(settings.wechat, "https://a.test/h5?x=1&y=2", "S1") == (
        "http://platform.test/connect/oauth2/authorize?appid=wx0123456789abcdef"
        "&redirect_uri=https%3A%2F%2Fa.test%2Fh5%3Fx%3D1%26y%3D2"
        "&response_type=code&scope=snsapi_base&state=S1#wechat_redirect"
    )


async def test_a_code_is_worth_its_openid_for_five_minutes_however_often_it_comes(
    sign_in: SignIn, platform: Platform, settings: Settings, browser: httpx.AsyncClient, clock: SteppingClock
) -> None:
    person = platform.add_person("林芳", following=True)
    code = await code_for(person.openid, settings, browser)
    assert [await sign_in.openid_for(code, "s1") for _ in range(3)] == [person.openid] * 3
    clock.advance(minutes=5, seconds=1)
    with pytest.raises(PlatformError):
        await sign_in.openid_for(code, "s1")


async def test_twins_arriving_together_both_get_in(
    sign_in: SignIn, platform: Platform, settings: Settings, browser: httpx.AsyncClient
) -> None:
    person = platform.add_person("林芳")
    code = await code_for(person.openid, settings, browser)
    found = await asyncio.gather(*(sign_in.openid_for(code, "s1") for _ in range(4)))
    assert found == [person.openid] * 4


async def test_a_code_another_process_is_just_using_is_waited_for(
    sign_in: SignIn,
    wechat_client: WeChatClient,
    platform: Platform,
    settings: Settings,
    browser: httpx.AsyncClient,
    database: Database,
    writer: Writer,
    keyring: Keyring,
    clock: SteppingClock,
) -> None:
    person = platform.add_person("林芳")
    code = await code_for(person.openid, settings, browser)
    openid = await sign_in._exchange(code)  # the other process has its answer, and not written it down yet
    digest = keyring.digest(f"{code}\0s1", "oauth code")

    async def meanwhile(_seconds: float) -> None:
        await asyncio.to_thread(writer.run, lambda session: sign_in._note(session, digest, openid))

    slower = SignIn(wechat_client, database, writer, keyring, clock, meanwhile)
    assert await slower.openid_for(code, "s1") == person.openid


async def test_an_invented_code_is_refused(sign_in: SignIn) -> None:
    with pytest.raises(PlatformError) as caught:
        await sign_in.openid_for("invented", "s1")
    assert caught.value.errcode == 40029
    assert "重新打开" in caught.value.message


async def test_a_page_preview_is_nobody(
    sign_in: SignIn, platform: Platform, settings: Settings, browser: httpx.AsyncClient
) -> None:
    person = platform.add_person("林芳")
    platform.faults.snapshot_user = True
    code = await code_for(person.openid, settings, browser)
    with pytest.raises(SnapshotUser, match="使用完整服务"):
        await sign_in.openid_for(code, "s1")


async def test_a_code_that_was_used_is_no_key_for_whoever_saw_it(
    sign_in: SignIn, platform: Platform, settings: Settings, browser: httpx.AsyncClient
) -> None:
    person = platform.add_person("林芳")
    code = await code_for(person.openid, settings, browser)
    assert await sign_in.openid_for(code, "their own") == person.openid
    with pytest.raises(PlatformError, match="已用过"):
        await sign_in.openid_for(code, "somebody else's")
