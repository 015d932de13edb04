"""Two families of tokens, what kills one, and how often one may ask."""

import httpx
import pytest

from tests.standin.app import create_app
from tests.standin.clock import ManualClock
from tests.standin.errors import Refused
from tests.standin.platform import Platform
from tests.standin.state import Account
from tests.standin.tokens import Tokens
from tests.standin_checks.conftest import Api


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(ManualClock())


@pytest.fixture
def moved(tokens: Tokens) -> ManualClock:
    clock = tokens._clock
    assert isinstance(clock, ManualClock)
    return clock


def code(tokens: Tokens, value: str) -> int:
    try:
        tokens.check(value)
    except Refused as refusal:
        return refusal.errcode
    return 0


def test_an_old_style_token_lives_five_minutes_beside_its_successor(tokens: Tokens, moved: ManualClock) -> None:
    first, _ = tokens.issue()
    second, _ = tokens.issue()
    assert (code(tokens, first), code(tokens, second)) == (0, 0)
    moved.advance(300)
    assert (code(tokens, first), code(tokens, second)) == (40001, 0)


def test_the_stable_token_stays_until_its_last_five_minutes(tokens: Tokens, moved: ManualClock) -> None:
    first, life = tokens.stable(force=False)
    moved.advance(6899)
    assert tokens.stable(force=False) == (first, 301)
    moved.advance(1)
    second, _ = tokens.stable(force=False)
    assert (life, second != first, code(tokens, first)) == (7200, True, 0)
    moved.advance(300)
    assert code(tokens, first) == 42001


def test_the_two_families_leave_one_another_alone(tokens: Tokens, moved: ManualClock) -> None:
    stable, _ = tokens.stable(force=False)
    for _ in range(3):
        tokens.issue()
    moved.advance(400)
    assert code(tokens, stable) == 0


def test_forcing_kills_the_old_one_at_once_but_not_twice_in_half_a_minute(
    tokens: Tokens, moved: ManualClock
) -> None:
    first, _ = tokens.stable(force=False)
    second, _ = tokens.stable(force=True)
    assert (code(tokens, first), tokens.stable(force=True)[0]) == (40001, second)
    moved.advance(30)
    assert tokens.stable(force=True)[0] != second


def test_forcing_is_allowed_twenty_times_a_day(tokens: Tokens, moved: ManualClock) -> None:
    tokens.stable(force=False)
    for _ in range(20):
        tokens.stable(force=True)
        moved.advance(30)
    with pytest.raises(Refused, match="45009"):
        tokens.stable(force=True)


def test_unknown_short_and_missing_tokens_have_their_own_codes(tokens: Tokens) -> None:
    assert [code(tokens, value) for value in ("", "short", "x" * 40)] == [41001, 40014, 40001]


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({}, 0),
        ({"grant_type": "authorization_code"}, 40002),
        ({"appid": "wxother"}, 40013),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
    ],
)
async def test_credentials_are_checked_at_both_addresses(
    api: Api, account: Account, change: dict[str, str], errcode: int
) -> None:
    asked = {"grant_type": "client_credential", "appid": account.appid, "secret": account.secret, **change}
    for answer in (await api.get("/cgi-bin/token", **asked), await api.post("/cgi-bin/stable_token", asked)):
        assert answer.get("errcode", 0) == errcode
        assert ("access_token" in answer) == (errcode == 0)


async def test_the_stable_address_takes_only_post(api: Api) -> None:
    assert (await api.get("/cgi-bin/stable_token"))["errcode"] == 43002


async def test_another_address_is_refused_and_named(api: Api, account: Account) -> None:
    account.ip_allow_list = ("10.0.0.1",)
    answer = await api.get("/cgi-bin/token")
    assert answer["errcode"] == 40164
    assert "127.0.0.1" in answer["errmsg"]


async def test_another_party_can_take_the_token_away(api: Api, platform: Platform) -> None:
    platform.faults.token_revoked = True
    assert (await api.get("/cgi-bin/user/get"))["errcode"] == 40001
    api.token = platform.tokens.stable(force=False)[0]
    assert "total" in await api.get("/cgi-bin/user/get")


async def test_a_token_in_the_body_does_not_count(api: Api, platform: Platform) -> None:
    transport = httpx.ASGITransport(app=create_app(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://standin") as client:
        answer = await client.post("/cgi-bin/menu/create", json={"access_token": api.token})
    assert answer.json()["errcode"] == 41001


async def test_quotas_end_by_the_day_and_by_the_minute(api: Api, platform: Platform, clock: ManualClock) -> None:
    platform.quotas.per_minute["/cgi-bin/user/get"] = 2
    platform.quotas.per_day["/cgi-bin/user/get"] = 3
    path = "/cgi-bin/user/get"
    codes = [(await api.get(path)).get("errcode", 0) for _ in range(3)]
    clock.advance(60)
    codes += [(await api.get(path)).get("errcode", 0) for _ in range(2)]
    assert codes == [0, 0, 45011, 0, 45009]
    clock.advance(6000)
    assert (await api.post("/cgi-bin/clear_quota", {"appid": platform.account.appid}))["errcode"] == 0
    assert "errcode" not in await api.get(path)


async def test_limits_can_be_read(api: Api) -> None:
    await api.get("/cgi-bin/user/get")
    told = await api.post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/user/get"})
    assert told["quota"] == {"daily_limit": 500, "used": 1, "remain": 499}
    unknown = await api.post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/nothing"})
    assert unknown["errcode"] == 76021
