"""What stands around every page of the console, and what its answers tell the browser."""

import re
from datetime import timedelta

import pytest

from app.console.headers import BODY_LIMIT
from app.console.nav import NAV, under
from app.console.session import NOTICE
from models.enums import Role
from tests.app.console.conftest import OpenConsole


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/console/", "总览"),
        ("/console/log", "操作日志"),
        ("/console/log/verified", "操作日志"),
        ("/console/logs", None),
        ("/console/proposals/SS2018-0001", None),
    ],
)
def test_a_page_knows_the_entry_it_belongs_to(path: str, title: str | None) -> None:
    entry = under(path, NAV)
    assert (entry and entry.title) == title


async def test_the_frame_says_who_and_where(open_console: OpenConsole) -> None:
    page = await open_console(Role.AUDITOR).open("/console/account")
    assert page.status_code == 200
    assert '<span class="me-name">auditor</span>' in page.text
    assert "汇总梳理</strong>" in page.text
    assert 'href="/console/account" aria-current="page"' in page.text
    assert 'href="/console/log"' in page.text
    assert 'href="/console/operators"' not in page.text


async def test_nobody_is_sent_to_sign_in_and_back(open_console: OpenConsole) -> None:
    answer = await open_console(None).open("/console/account", tab="2")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in?to=%2Fconsole%2Faccount%3Ftab%3D2"


async def test_a_script_is_told_so_instead(open_console: OpenConsole) -> None:
    desk = open_console(None)
    answer = await desk.browser.post("/console/sign-out", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert "重新登录" in answer.json()["message"]


async def test_every_answer_is_private_and_framed_by_nobody(open_console: OpenConsole) -> None:
    desk = open_console()
    for path in ("/console/account", "/console/nothing", "/console/sign-in"):
        headers = (await desk.open(path)).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in headers  # the test's address is plain http


async def test_style_is_ours_and_kept(open_console: OpenConsole) -> None:
    desk = open_console(None)
    page = await desk.open("/console/sign-in")
    addresses = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert addresses
    assert all(address.startswith("/console/") for address in addresses)
    for address in addresses:
        answer = await desk.browser.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=86400"


async def test_a_page_that_is_not_there_is_a_page(open_console: OpenConsole) -> None:
    for who in (Role.INTAKE, None):
        answer = await open_console(who).open("/console/nothing")
        assert answer.status_code == 404
        assert "没有这个网页" in answer.text


async def test_too_much_is_refused_while_it_arrives(open_console: OpenConsole) -> None:
    answer = await open_console().post("/console/sign-out", much="x" * BODY_LIMIT)
    assert answer.status_code == 413
    assert "分几次" in answer.text


@pytest.mark.parametrize("token", ["", "0" * 32, "é"])
async def test_a_form_from_elsewhere_does_nothing(open_console: OpenConsole, token: str) -> None:
    desk = open_console()
    refused = await desk.browser.post("/console/sign-out", data={"token": token})
    assert refused.status_code == 403
    assert (await desk.open("/console/account")).status_code == 200


async def test_another_sites_form_does_nothing_even_with_the_token(open_console: OpenConsole) -> None:
    desk = open_console()
    for origin in ("https://elsewhere.test", "null"):
        refused = await desk.browser.post(
            "/console/sign-out", data={"token": desk.token}, headers={"origin": origin}
        )
        assert refused.status_code == 403
    assert (await desk.open("/console/account")).status_code == 200


async def test_the_token_of_another_session_does_nothing(open_console: OpenConsole) -> None:
    desk, other = open_console(Role.OWNER), open_console(Role.OWNER)
    assert (await desk.browser.post("/console/sign-out", data={"token": other.token})).status_code == 403


async def test_a_rehearsal_is_shown(open_console: OpenConsole, clock: "object") -> None:
    desk = open_console()
    assert "演练时间" not in (await desk.open("/console/account")).text
    clock.offset = timedelta(days=30)  # type: ignore[attr-defined]
    assert "演练时间：2017-12-" in (await desk.open("/console/account")).text


async def test_a_forged_notice_is_shown_as_text_or_not_at_all(open_console: OpenConsole) -> None:
    desk = open_console()
    for value in ("x", "W10=", "e30=", "WzEsIDJd"):
        desk.browser.cookies.set(NOTICE, value, path="/console")
        assert (await desk.open("/console/account")).status_code == 200
