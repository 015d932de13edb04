"""Settings that are all there, and not wise."""

import pytest
from pydantic import SecretStr

from app.checkup import configured
from app.checkup.findings import Verdict
from app.settings import PushSettings
from tests.app.checkup.conftest import FINE, NOTE, REAL, WRONG, with_account
from tests.fixtures.installation import SECRET, make_settings

RANDOM = "kT3vQ9-xLm2_RzPw8YbNc5HdFj7sGa1U"


@pytest.mark.parametrize(
    ("secret", "previous", "verdict"),
    [
        (RANDOM, "", FINE),
        (RANDOM, SECRET, FINE),
        (RANDOM, RANDOM, NOTE),
        ("x" * 40, "", WRONG),
        ("0123456789" * 4, "", WRONG),
        ("my-very-long-Password-for-the-union", "", WRONG),
        ("请在这里填一个很长很长很长的随机密钥，至少要有三十二个字符才行啊", "", WRONG),
    ],
)
def test_a_secret_that_can_be_guessed(secret: str, previous: str, verdict: Verdict) -> None:
    finding = configured.check_secret(make_settings(secret_key=secret, previous_secret_key=previous))
    assert finding.verdict is verdict
    assert secret not in str(finding)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, ""),
        ({"app_id": "0123456789abcdef"}, "SHISHI_WECHAT__APP_ID"),
        ({"app_secret": SecretStr(" 0123456789abcdef0123456789abcdef")}, "SHISHI_WECHAT__APP_SECRET"),
        ({"token": SecretStr("has-dashes")}, "SHISHI_WECHAT__TOKEN"),
    ],
)
def test_what_was_copied_badly(changes: dict[str, object], named: str) -> None:
    good = {"app_secret": SecretStr("0123456789abcdef" * 2), "token": SecretStr("callback"), "api_url": REAL}
    finding = configured.check_account(with_account(make_settings(), **(good | changes)).wechat)
    assert (finding.verdict, named in finding.said) == (NOTE if named else FINE, True)


def test_against_a_stand_in_anything_goes() -> None:
    assert configured.check_account(make_settings().wechat).verdict is NOTE


def test_messages_in_the_clear() -> None:
    assert configured.check_mode(with_account(make_settings(), mode="plain").wechat).verdict is NOTE
    assert configured.check_mode(make_settings().wechat).verdict is FINE


def test_keys_that_were_meant_to_go() -> None:
    assert configured.check_old_keys(make_settings()).verdict is FINE
    kept = configured.check_old_keys(make_settings(previous_secret_key=RANDOM))
    assert (kept.verdict, "SHISHI_PREVIOUS_SECRET_KEY" in kept.said, RANDOM in str(kept)) == (NOTE, True, False)


@pytest.mark.parametrize(
    ("trusted", "verdict"),
    [
        ("127.0.0.1", FINE),
        ("127.0.0.1, 10.0.0.0/8,::1", FINE),
        ("*", WRONG),
        ("127.0.0.1,*", WRONG),
        ("nginx", WRONG),
        ("10.0.0.300", WRONG),
        ("", NOTE),
    ],
)
def test_whose_word_on_addresses_counts(trusted: str, verdict: Verdict) -> None:
    assert configured.check_proxies(trusted).verdict is verdict


def test_another_zone_is_told() -> None:
    assert configured.check_zone(make_settings()).verdict is FINE
    assert configured.check_zone(make_settings(timezone="UTC")).verdict is NOTE


@pytest.mark.parametrize(
    ("push", "verdict"),
    [({}, FINE), ({"per_second": 0}, NOTE), ({"quiet_hours": ""}, NOTE)],
)
def test_sending_without_limits(push: dict[str, object], verdict: Verdict) -> None:
    assert configured.check_push(make_settings(push=PushSettings.model_validate(push))).verdict is verdict
