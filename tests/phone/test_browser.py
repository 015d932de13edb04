"""The phone page in a real browser, at a phone's size and at a desk's."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.fixtures.browsers import QUIET, find_chromium
from tests.phone.conftest import SETTINGS
from tests.phone.service import MENU

PHONE: ViewportSize = {"width": 375, "height": 667}
DESK: ViewportSize = {"width": 1280, "height": 800}
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.browser


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """Stand-in and tiny service as processes; gives the phone's address."""
    service, standin = _free_port(), _free_port()
    here = {
        "SHISHI_PUBLIC_URL": f"http://127.0.0.1:{service}",
        "SHISHI_WECHAT__API_URL": f"http://127.0.0.1:{standin}",
        "SHISHI_WECHAT__OPEN_URL": f"http://127.0.0.1:{standin}",
    }
    environment = {**os.environ, **SETTINGS, **here}
    state = str(tmp_path / "standin.json")
    async with (
        _process(environment, "tests.phone", str(service)),
        _process(environment, "tests.standin.phone", "--port", str(standin), "--state", state),
        httpx.AsyncClient(trust_env=False) as client,
    ):
        await _answers(client, f"{here['SHISHI_PUBLIC_URL']}/healthz")
        await _answers(client, f"{here['SHISHI_WECHAT__API_URL']}/phone/people")
        await _publish_menu(client, here["SHISHI_WECHAT__API_URL"])
        yield here["SHISHI_WECHAT__API_URL"]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = find_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        await browser.close()


@asynccontextmanager
async def phone_of(browser: Browser, address: str, name: str, size: ViewportSize) -> AsyncIterator[Page]:
    """The page with the phone of `name` in hand; anything it complains of fails the test."""
    complaints: list[str] = []
    context = await browser.new_context(viewport=size, locale="zh-CN")
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    await page.goto(address)
    await page.get_by_role("button", name=name).click()
    yield page
    await context.close()
    assert complaints == []


async def test_a_worker_on_a_real_phone(browser: Browser, address: str) -> None:
    async with phone_of(browser, address, "周玉兰", PHONE) as page:
        await page.get_by_role("button", name="关注公众号").click()
        await page.get_by_role("button", name="帮助", exact=True).first.click()
        await expect(page.locator(".line.mine .bubble")).to_have_text("帮助")
        await expect(page.locator("#chat").get_by_text("收到：帮助")).to_be_in_viewport()

        await page.get_by_role("button", name="更多", exact=True).click()
        await page.locator(".sub-menu").get_by_role("button", name="帮助").click()
        await expect(page.locator("#chat").get_by_text("您点了 HELP。")).to_be_visible()

        await page.get_by_role("button", name="切换到键盘").click()
        box = page.get_by_role("textbox", name="输入消息")
        await box.press_sequentially("第一行")
        await box.press("Shift+Enter")
        await box.press_sequentially("第二行")
        await box.press("Enter")
        answer = page.locator(".line:not(.mine) .bubble").last
        await expect(answer).to_have_text("收到：第一行\n第二行")
        await expect(answer).to_be_in_viewport()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide == PHONE["width"]


async def test_what_the_account_says_never_becomes_markup(browser: Browser, address: str) -> None:
    async with phone_of(browser, address, "陈飞", DESK) as page:
        await page.get_by_role("button", name="关注公众号").click()
        await page.get_by_role("button", name="切换到键盘").click()
        nasty = '<img src=x onerror="document.title=1"><a href="javascript:alert(1)">点</a>'
        await page.get_by_role("textbox", name="输入消息").fill(nasty)
        await page.get_by_role("button", name="发送", exact=True).click()
        await expect(page.get_by_text(f"收到：{nasty}", exact=True)).to_be_visible()
        assert await page.locator('#chat a[href*="javascript"], #chat .bubble img').count() == 0


async def test_pages_open_signed_in_over_the_chat(browser: Browser, address: str) -> None:
    async with phone_of(browser, address, "孙立", DESK) as page:
        await page.get_by_role("button", name="关注公众号").click()
        await page.get_by_role("button", name="投票").click()
        await page.get_by_role("button", name="我的提案", exact=True).first.click()
        inside = page.frame_locator("#page")
        await expect(inside.locator("#who")).not_to_be_empty()
        await inside.get_by_label("留言").fill("想要热饭")
        await inside.get_by_role("button", name="提交").click()
        await expect(inside.locator("#note")).to_have_text("想要热饭")
        await expect(page.locator("#page-title")).to_have_text("我的提案")
        await page.get_by_role("button", name="关闭网页").click()
        await expect(page.locator("#webview")).to_be_hidden()


async def test_behind_the_scenes_is_live(browser: Browser, address: str) -> None:
    async with phone_of(browser, address, "林书雅", DESK) as page:
        await page.get_by_role("tab", name="故障").click()
        await page.get_by_role("switch", name="断线一次").check()
        await page.get_by_role("tab", name="往来").click()
        await page.get_by_role("button", name="关注公众号").click()
        first, second = page.locator("#wire li").nth(1), page.locator("#wire li").nth(0)
        await expect(first).to_contain_text("断线")
        await expect(second).to_contain_text("林书雅 · 关注（第 2 次）")
        await second.locator("summary").click()
        await expect(second.locator("pre")).to_contain_text("<Event><![CDATA[subscribe]]></Event>")
        await page.get_by_role("tab", name="故障").click()
        await expect(page.get_by_role("switch", name="断线一次")).not_to_be_checked()


async def test_a_follow_from_elsewhere_is_seen_at_once(browser: Browser, address: str) -> None:
    async with phone_of(browser, address, "周玉兰", PHONE) as page, httpx.AsyncClient(trust_env=False) as client:
        await expect(page.get_by_role("button", name="关注公众号")).to_be_visible()
        (first, *_) = (await client.get(f"{address}/phone/people")).json()["people"]
        await client.post(f"{address}/phone/people/{first['id']}/follow")
        await expect(page.get_by_role("button", name="投票")).to_be_visible()
        await expect(page.locator("#chat").get_by_text("您好，欢迎关注！")).to_be_visible()

        await page.get_by_role("button", name="公众号资料").click()
        await page.get_by_role("button", name="不再关注").click()
        await expect(page.get_by_role("button", name="关注公众号")).to_be_visible()


async def test_others_get_their_messages_meanwhile(browser: Browser, address: str) -> None:
    async with phone_of(browser, address, "林书雅", DESK) as page, httpx.AsyncClient(trust_env=False) as client:
        await expect(page.locator("#live")).to_have_text("实时")
        people = (await client.get(f"{address}/phone/people")).json()["people"]
        await client.post(f"{address}/phone/people/{people[0]['id']}/follow")
        await expect(page.get_by_role("button", name="周玉兰").locator(".dot")).to_have_text("1")
        await page.get_by_role("button", name="周玉兰").click()
        await expect(page.locator("#chat").get_by_text("您好，欢迎关注！")).to_be_visible()
        await expect(page.locator(".dot:visible")).to_have_count(0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def _process(environment: dict[str, str], module: str, *arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, env=environment, cwd=ROOT
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: httpx.AsyncClient, url: str) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


async def _publish_menu(client: httpx.AsyncClient, platform: str) -> None:
    account = {
        "appid": SETTINGS["SHISHI_WECHAT__APP_ID"],
        "secret": SETTINGS["SHISHI_WECHAT__APP_SECRET"],
        "grant_type": "client_credential",
    }
    token = (await client.post(f"{platform}/cgi-bin/stable_token", json=account)).json()["access_token"]
    body = httpx.Request("POST", platform, json={"button": MENU}).content
    answer = await client.post(f"{platform}/cgi-bin/menu/create", params={"access_token": token}, content=body)
    assert answer.json()["errcode"] == 0
