"""The way from outside to us: the address, what answers there, and who may see the numbers."""

import pytest
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp

from app.checkup import platform
from app.checkup.findings import Verdict
from app.settings import AccountKind, Settings
from tests.app.checkup.conftest import FINE, NOTE, REAL, WRONG, ByHost, with_account
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import make_settings


@pytest.mark.parametrize(
    ("callback", "said"),
    [
        (PlainTextResponse("welcome"), "HTTP 200"),
        (RedirectResponse("https://elsewhere.test/wechat"), "HTTP 307"),
        (PlainTextResponse("", 502), "HTTP 502"),
        (PlainTextResponse("", 403), "不认这个签名"),
    ],
)
async def test_a_callback_that_answers_otherwise_is_found(
    settings: Settings, clock: SteppingClock, callback: ASGIApp, said: str
) -> None:
    finding = await platform.check_callback(settings, clock, ByHost(shishi_test=callback))
    assert finding.verdict is WRONG
    assert said in finding.said


@pytest.mark.parametrize(
    ("address", "real", "verdict"),
    [
        ("https://shishi.example", True, FINE),
        ("https://shishi.example:443", True, FINE),
        ("http://shishi.example", True, NOTE),
        ("http://shishi.example:8000", True, WRONG),
        ("https://shishi.example:80", True, WRONG),
        ("http://127.0.0.1", True, WRONG),
        ("ftp://shishi.example", True, WRONG),
        ("shishi.example", False, WRONG),
        ("http://127.0.0.1:8000", False, NOTE),
    ],
)
def test_the_address_must_be_one_the_platform_calls(address: str, real: bool, verdict: Verdict) -> None:
    settings = make_settings(public_url=address)
    settings = with_account(settings, api_url=REAL) if real else settings
    assert platform.check_address(settings).verdict is verdict


def test_the_name_to_enter_for_signing_in_is_told() -> None:
    settings = make_settings(public_url="https://shishi.example:443/x")
    finding = platform.check_sign_in(with_account(settings, api_url=REAL))
    assert (finding.verdict, "正好是 shishi.example：" in finding.mend) == (NOTE, True)
    assert not platform.check_sign_in(settings).mend
    small = with_account(settings, account_kind=AccountKind.SUBSCRIPTION)
    assert "订阅号没有网页授权" in platform.check_sign_in(small).said


@pytest.mark.parametrize(("status", "verdict"), [(200, WRONG), (401, FINE), (404, FINE)])
async def test_numbers_that_everybody_sees_are_found(settings: Settings, status: int, verdict: Verdict) -> None:
    answering = ByHost(shishi_test=PlainTextResponse("", status))
    assert (await platform.check_metrics(settings, answering)).verdict is verdict


async def test_on_the_machine_itself_the_numbers_may_be_seen() -> None:
    finding = await platform.check_metrics(make_settings(public_url="http://127.0.0.1:8000"), ByHost())
    assert finding.verdict is FINE
