"""The way into the console and out of it, as a browser goes."""

import httpx
import pyotp
import pytest
from fastapi import FastAPI

from app import console
from app.console.session import SESSION
from app.console.signing_in import own_address
from app.installation import Installation
from app.operators import credentials, service
from app.operators.passwords import PasswordHash, hash_password
from models.enums import Role
from tests.app.console.conftest import OpenConsole, add_operator
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import make_settings

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def password() -> PasswordHash:
    return hash_password(PASSWORD)


@pytest.fixture
def worker(installation: Installation, password: PasswordHash) -> str:
    with installation.database.writing() as session:
        add_operator(session, "李工", Role.INTAKE, clock=installation.clock, password=password)
    return "李工"


async def test_in_and_out_again(open_console: OpenConsole, worker: str) -> None:
    desk = open_console(None)
    answer = await desk.browser.post(
        "/console/sign-in", data={"name": worker, "password": PASSWORD, "to": "/console/account"}
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/account"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/console" in cookie
    page = await desk.open("/console/account")
    assert "李工" in page.text
    desk.token = page.text.partition('data-token="')[2].partition('"')[0]
    value = desk.browser.cookies[SESSION]
    assert (await desk.post("/console/sign-out", follow=False)).headers["location"] == "/console/sign-in"
    desk.browser.cookies.set(SESSION, value, path="/console")  # a copy of the cookie is worth nothing now
    assert (await desk.open("/console/account")).status_code == 303


async def test_cookies_are_for_https_where_the_service_is(installation: Installation, worker: str) -> None:
    installation.settings = make_settings(public_url="https://shishi.test")
    app = FastAPI()
    console.mount(app, installation)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://shishi.test") as browser:
        answer = await browser.post("/console/sign-in", data={"name": worker, "password": PASSWORD})
    given = answer.headers.get_list("set-cookie")
    assert given
    assert all(cookie.endswith("; Secure") for cookie in given)


@pytest.mark.parametrize(
    ("name", "password"),
    [("李工", "wrong"), ("没人", PASSWORD), ("", ""), ("李工\x00", PASSWORD), ("'\"<b>", "x")],
)
async def test_all_refusals_are_alike(open_console: OpenConsole, worker: str, name: str, password: str) -> None:
    answer = await open_console(None).browser.post("/console/sign-in", data={"name": name, "password": password})
    assert answer.status_code == 403
    assert "没有登录成功" in answer.text
    assert "<b>" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_too_long_a_password_is_refused_before_any_work(open_console: OpenConsole) -> None:
    answer = await open_console(None).browser.post("/console/sign-in", data={"name": "x", "password": "x" * 501})
    assert answer.status_code == 422


async def test_signing_in_gives_a_new_session_whatever_the_browser_brings(
    open_console: OpenConsole, worker: str
) -> None:
    desk = open_console(None)
    desk.browser.cookies.set(SESSION, "chosen-by-an-attacker", path="/console")
    answer = await desk.browser.post("/console/sign-in", data={"name": worker, "password": PASSWORD})
    assert answer.status_code == 303
    assert "chosen-by-an-attacker" not in answer.headers["set-cookie"]


async def test_another_site_cannot_sign_somebody_in(open_console: OpenConsole, worker: str) -> None:
    answer = await open_console(None).browser.post(
        "/console/sign-in",
        data={"name": worker, "password": PASSWORD},
        headers={"origin": "https://elsewhere.test"},
    )
    assert answer.status_code == 403


async def test_in_two_steps(
    open_console: OpenConsole, installation: Installation, clock: SteppingClock, worker: str
) -> None:
    sealed = credentials.offered_secret(installation.keyring)
    app = pyotp.TOTP(credentials.secret_in(sealed, installation.keyring))
    with installation.database.writing() as session:
        credentials.turn_on_totp(
            session,
            worker,
            sealed,
            app.at(clock.wall()),
            actor="operator:李工",
            keyring=installation.keyring,
            clock=clock,
        )
    clock.advance(minutes=1)
    desk = open_console(None)
    step = await desk.browser.post("/console/sign-in", data={"name": worker, "password": PASSWORD})
    assert "动态码" in step.text
    assert SESSION not in desk.browser.cookies
    wrong = await desk.browser.post("/console/sign-in/code", data={"code": "000000"})
    assert wrong.status_code == 403
    right = await desk.browser.post("/console/sign-in/code", data={"code": app.at(clock.wall())})
    assert right.status_code == 303
    assert (await desk.open("/console/account")).status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "e30.x.y"])
async def test_the_second_step_alone_is_nothing(open_console: OpenConsole, cookie: str) -> None:
    desk = open_console(None)
    desk.browser.cookies.set("shishi_console_step", cookie, path="/console")
    answer = await desk.browser.post("/console/sign-in/code", data={"code": "123456"})
    assert answer.status_code == 403
    assert "从头再登录" in answer.text


async def test_a_disabled_operator_is_out_at_once(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.INTAKE)
    assert (await desk.open("/console/account")).status_code == 200
    with installation.database.writing() as session:
        service.disable(session, "intake", actor="operator:owner", clock=installation.clock)
    assert (await desk.open("/console/account")).status_code == 303
    assert (await desk.post("/console/account/sessions/end-others")).status_code == 401


async def test_being_here_is_written_down_once_a_minute(
    open_console: OpenConsole, installation: Installation, clock: SteppingClock
) -> None:
    desk = open_console()
    for _ in range(5):
        clock.advance(minutes=30)
        assert (await desk.open("/console/account")).status_code == 200
    clock.advance(hours=2)
    assert (await desk.open("/console/account")).status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.test/",
        "//elsewhere.test/console/",
        "/console//elsewhere.test",
        "/console/../wechat",
        "/h5/mine",
        "/console/\\elsewhere",
        "javascript:alert(1)",
        "/console/x\n",
        "",
    ],
)
def test_signing_in_leads_to_our_own_pages_alone(address: str) -> None:
    assert own_address(address) == "/console/"


def test_it_leads_back_to_where_one_was() -> None:
    assert own_address("/console/board?q=午休&page=2") == "/console/board?q=午休&page=2"
