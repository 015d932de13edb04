"""Signing in: to the platform and back, and everything that may go wrong on the way."""

import base64
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.database import Database
from app.settings import AccountKind
from models import Follower
from tests.app.h5.conftest import Build, World
from tests.app.h5.samples import WHOLE
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import SECRET, make_settings
from tests.standin.state import Person

EXCHANGE = "/sns/oauth2/access_token"
MINE = "/h5/mine"


async def step(browser: httpx.AsyncClient, address: str) -> httpx.Response:
    """One request, no redirect followed."""
    return await browser.get(address, follow_redirects=False)


async def come_back(browser: httpx.AsyncClient, path: str = MINE) -> str:
    """The address to which the platform sends the phone back."""
    to_platform = await step(browser, path)
    return (await step(browser, to_platform.headers["location"])).headers["location"]


async def test_the_platform_is_asked_silently_and_the_state_is_kept(world: World) -> None:
    answer = await step(world.phone_of(world.worker()).browser, "/h5/proposal")
    address = urlsplit(answer.headers["location"])
    query = parse_qs(address.query)
    assert (answer.status_code, address.netloc, address.fragment) == (302, "platform.test", "wechat_redirect")
    assert query["scope"] == ["snsapi_base"]
    assert query["redirect_uri"] == ["http://127.0.0.1:8000/h5/signed-in?to=%2Fh5%2Fproposal"]
    assert query["state"][0].isalnum()
    assert 20 <= len(query["state"][0]) <= 128
    assert {"HttpOnly", "SameSite=lax", "Path=/h5"} <= set(answer.headers["set-cookie"].split("; "))


async def test_one_lands_on_the_page_one_wanted_without_the_code(world: World) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    assert page.answer.url.copy_with(fragment=None) == "http://127.0.0.1:8000/h5/proposal"
    assert "我要提案" in page.text


async def test_the_session_holds_no_openid_and_no_script_sees_it(world: World) -> None:
    person = world.worker()
    browser = world.phone_of(person).browser
    answer = await step(browser, await come_back(browser))
    cookie = answer.headers["set-cookie"]
    held = base64.urlsafe_b64decode(cookie.split("=", 1)[1].split(".")[0] + "==")
    assert b'"follower":' in held
    assert person.openid.encode() not in held
    assert "HttpOnly" in cookie
    assert "Secure" not in cookie


async def test_under_https_cookies_never_travel_in_the_clear(
    world: World, build: Build, database: Database
) -> None:
    url = database.url.render_as_string(hide_password=False)
    service = build(make_settings(url, public_url="https://union.test"))
    async with service.router.lifespan_context(service):
        world.service = service
        answer = await step(world.phone_of(world.worker()).browser, MINE)
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_code_that_comes_twice_is_harmless(world: World) -> None:
    browser = world.phone_of(world.worker()).browser
    back = await come_back(browser)
    assert [(await step(browser, back)).status_code for _ in range(3)] == [303] * 3


async def test_a_client_that_fetches_the_address_beforehand_spoils_nothing(world: World) -> None:
    world.platform.faults.oauth_prefetch = True
    page = await world.phone_of(world.worker()).open(MINE)
    assert page.path == MINE


async def test_two_pages_opened_side_by_side_both_arrive(world: World) -> None:
    browser = world.phone_of(world.worker()).browser
    first, second = await come_back(browser), await come_back(browser, "/h5/proposal")
    for back, path in ((first, MINE), (second, "/h5/proposal")):
        assert (await step(browser, back)).headers["location"] == path


@pytest.mark.parametrize("forged", ["state=", "state=0123456789abcdef", "nothing="])
async def test_a_link_made_on_another_phone_signs_nobody_in(world: World, forged: str) -> None:
    thief, victim = world.phone_of(world.worker("小偷")), world.phone_of(world.worker("林芳"))
    back = await come_back(thief.browser)
    await step(victim.browser, MINE)
    answer = await step(victim.browser, back.rpartition("state=")[0] + forged)
    assert answer.status_code == 403
    assert "shishi_session" not in answer.headers.get("set-cookie", "")
    assert (await step(victim.browser, back)).status_code == 403


async def test_a_state_is_good_for_ten_minutes(world: World) -> None:
    browser = world.phone_of(world.worker()).browser
    back = await come_back(browser)
    world.clock.advance(minutes=10)
    assert (await step(browser, back)).status_code == 403


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.test/h5/mine",
        "https://evil.test/",
        "/h5/..//evil.test",
        "/console/",
        "/h5/mine\\evil",
        "javascript:1",
    ],
)
async def test_nobody_is_sent_anywhere_else(world: World, wanted: str) -> None:
    browser = world.phone_of(world.worker()).browser
    back = httpx.URL(await come_back(browser)).copy_set_param("to", wanted)
    assert (await step(browser, str(back))).headers["location"] == MINE


async def test_without_a_code_one_may_try_again(world: World) -> None:
    browser = world.phone_of(world.worker()).browser
    back = httpx.URL(await come_back(browser)).copy_remove_param("code")
    answer = await step(browser, str(back))
    assert answer.status_code == 403
    assert "再试一次" in answer.text


async def test_a_page_preview_is_nobody(world: World) -> None:
    world.platform.faults.snapshot_user = True
    page = await world.phone_of(world.worker()).open(MINE)
    assert page.answer.status_code == 403
    assert "使用完整服务" in page.text


@pytest.mark.parametrize(
    ("errcode", "status", "sentence"),
    [(-1, 502, "没有回应"), (40125, 502, "没有回应"), (42003, 403, "已过期"), (40163, 403, "已用过")],
)
async def test_a_refusal_of_the_platform_is_told_without_our_secrets(
    world: World, errcode: int, status: int, sentence: str
) -> None:
    world.platform.refuse_next(EXCHANGE, *[errcode] * 8)
    page = await world.phone_of(world.worker()).open(MINE)
    assert page.answer.status_code == status
    assert sentence in page.text
    assert "SHISHI" not in page.text


async def test_outside_wechat_a_page_says_how_to_get_in(world: World) -> None:
    page = await world.phone_of(world.worker(), user_agent="Mozilla/5.0 (Windows NT 10.0)").open(MINE)
    assert page.answer.status_code == 403
    assert "要在微信里打开" in page.text


async def test_a_subscription_account_sends_people_to_the_chat(
    world: World, build: Build, database: Database
) -> None:
    account = make_settings().wechat.model_copy(update={"account_kind": AccountKind.SUBSCRIPTION})
    url = database.url.render_as_string(hide_password=False)
    world.service = build(make_settings(url, wechat=account))
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    assert page.answer.status_code == 403
    assert "在对话里回复" in page.text


async def test_after_a_change_of_the_key_one_stays_signed_in(
    world: World, build: Build, database: Database
) -> None:
    phone = world.phone_of(world.worker())
    page = await phone.open("/h5/proposal")
    url = database.url.render_as_string(hide_password=False)
    changed = {"secret_key": "another secret of the tests, forty characters", "previous_secret_key": SECRET}
    service = build(make_settings(url, **changed))
    async with service.router.lifespan_context(service):
        phone.browser._transport = httpx.ASGITransport(service)
        assert (await step(phone.browser, MINE)).status_code == 200
        assert (await page.press("submit", **WHOLE)).path == "/h5/mine/SS2018-0001"


async def test_a_session_signed_by_a_key_we_never_had_is_none(
    world: World, build: Build, database: Database
) -> None:
    phone = world.phone_of(world.worker())
    await phone.open(MINE)
    url = database.url.render_as_string(hide_password=False)
    world.service = build(make_settings(url, secret_key="a key that was never ours, forty characters"))
    phone.browser._transport = httpx.ASGITransport(world.service)
    assert (await step(phone.browser, MINE)).status_code == 302


async def test_a_changed_session_is_none(world: World) -> None:
    phone = world.phone_of(world.worker())
    await phone.open(MINE)
    [session] = [cookie for cookie in phone.browser.cookies.jar if cookie.name == "shishi_session"]
    payload, _, signature = str(session.value).partition(".")
    forged = base64.urlsafe_b64encode(b'{"follower":1,"of":"","at":1512093600}').decode().rstrip("=")
    for value in (f"{forged}.{signature}", payload, "", "...", f"{payload}.{'A' * len(signature)}"):
        session.value = value
        assert (await step(phone.browser, MINE)).status_code == 302


async def test_opening_a_page_renews_an_old_session_in_passing(world: World, clock: SteppingClock) -> None:
    phone = world.phone_of(world.worker())
    await phone.open(MINE)
    clock.advance(hours=6, seconds=-1)
    assert (await step(phone.browser, MINE)).status_code == 200
    clock.advance(seconds=1)
    assert (await step(phone.browser, MINE)).status_code == 302


async def test_a_form_may_be_sent_for_twelve_hours(world: World, clock: SteppingClock) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    clock.advance(hours=12, seconds=-1)
    saved = await page.press("save", title="接力站")
    assert "已经保存" in saved.text
    clock.advance(hours=12)
    late = await saved.press("save", title="接力站和饮水点")
    assert late.answer.status_code == 401
    assert "离上次打开太久" in late.text
    assert (await late.view.open("/h5/proposal")).fields["title"] == "接力站"


async def test_somebody_erased_signs_in_anew_and_is_never_somebody_else(world: World) -> None:
    person = world.worker()
    phone = world.phone_of(person)
    await phone.open(MINE)
    await erase(world, person)
    assert (await step(phone.browser, MINE)).status_code == 302
    with world.database.writing() as session:
        session.add(Follower(id=1, openid="o-somebody-else", created_at=world.clock.now()))
    assert (await step(phone.browser, MINE)).status_code == 302


async def erase(world: World, person: Person) -> None:
    assert "删除" in await world.says(person, "删除我的资料")
    await world.says(person, "确认删除我的资料")
    with world.database.reading() as session:
        assert session.query(Follower).count() == 0
