"""Signing in on pages."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.standin.clock import ManualClock
from tests.standin.platform import Platform
from tests.standin.state import Person
from tests.standin_checks.conftest import Api
from tests.standin_checks.echo import Echo

PAGE = "http://service/h5/mine"


def authorize(platform: Platform, person: Person, **change: str) -> str:
    query = {
        "appid": platform.account.appid,
        "redirect_uri": PAGE,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc",
        **change,
    }
    return f"/connect/oauth2/authorize?{urlencode({**query, 'as': person.openid})}"


async def sent_back(api: Api, address: str) -> dict[str, str]:
    answer = await api.client.get(address)
    assert answer.status_code == 302
    target = urlsplit(answer.headers["location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == PAGE
    return {name: values[0] for name, values in parse_qs(target.query).items()}


async def exchange(api: Api, platform: Platform, code: str) -> dict[str, object]:
    account = platform.account
    query = {"appid": account.appid, "secret": account.secret, "code": code}
    answer = await api.client.get("/sns/oauth2/access_token", params={**query, "grant_type": "authorization_code"})
    return dict(answer.json())


async def test_base_scope_goes_straight_back_with_a_code(api: Api, platform: Platform, li: Person) -> None:
    back = await sent_back(api, authorize(platform, li))
    assert back["state"] == "abc"
    told = await exchange(api, platform, back["code"])
    assert (told["openid"], told["scope"]) == (li.openid, "snsapi_base")
    assert (await exchange(api, platform, back["code"]))["errcode"] == 40163
    assert (await exchange(api, platform, "made-up"))["errcode"] == 40029
    assert (await exchange(api, platform, ""))["errcode"] == 41008


async def test_a_code_lives_five_minutes(api: Api, platform: Platform, clock: ManualClock, li: Person) -> None:
    back = await sent_back(api, authorize(platform, li))
    clock.advance(301)
    assert (await exchange(api, platform, back["code"]))["errcode"] == 42003


async def test_a_profile_can_be_refused(api: Api, platform: Platform, li: Person) -> None:
    li.denies_sign_in = True
    assert await sent_back(api, authorize(platform, li, scope="snsapi_userinfo")) == {"state": "abc"}
    assert "code" in await sent_back(api, authorize(platform, li))


async def test_a_profile_holds_little_more_than_a_name(api: Api, platform: Platform, li: Person) -> None:
    back = await sent_back(api, authorize(platform, li, scope="snsapi_userinfo"))
    told = await exchange(api, platform, back["code"])
    query = {"access_token": str(told["access_token"]), "openid": li.openid}
    profile = (await api.client.get("/sns/userinfo", params=query)).json()
    assert (profile["nickname"], profile["headimgurl"]) == ("李桂兰", "")


@pytest.mark.parametrize(
    "change",
    [
        {"appid": "wxother"},
        {"scope": "everything"},
        {"response_type": "token"},
        {"redirect_uri": "http://elsewhere/h5/mine"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
async def test_the_authorize_page_refuses(
    api: Api, platform: Platform, li: Person, change: dict[str, str]
) -> None:
    platform.account.oauth_domain = "service"
    answer = await api.client.get(authorize(platform, li, **change))
    assert (answer.status_code, "location" in answer.headers) == (200, False)


async def test_the_order_of_the_parameters_matters(api: Api, platform: Platform, li: Person) -> None:
    query = {"redirect_uri": PAGE, "appid": platform.account.appid, "response_type": "code"}
    rest = urlencode({**query, "scope": "snsapi_base", "as": li.openid})
    answer = await api.client.get(f"/connect/oauth2/authorize?{rest}")
    assert "顺序" in answer.text


async def test_outside_wechat_there_is_nobody(api: Api, platform: Platform) -> None:
    answer = await api.client.get(authorize(platform, Person("oNobody", "无")))
    assert "请在微信客户端打开链接" in answer.text


async def test_a_snapshot_user_is_nobody_we_know(api: Api, platform: Platform, li: Person) -> None:
    platform.faults.snapshot_user = True
    back = await sent_back(api, authorize(platform, li))
    told = await exchange(api, platform, back["code"])
    assert told["is_snapshotuser"] == 1
    assert told["openid"] not in platform.people


async def test_a_prefetch_opens_the_page_before_the_person_does(
    api: Api, platform: Platform, li: Person, echo: Echo
) -> None:
    platform.faults.oauth_prefetch = True
    back = await sent_back(api, authorize(platform, li))
    assert echo.opened == [f"/h5/mine?code={back['code']}&state=abc"]
