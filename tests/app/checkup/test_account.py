"""What the platform is asked: the token, the menu, templates, quotas, and whether it finds us."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.responses import JSONResponse

from app.broadcasts.queries import Templated
from app.checkup import account
from app.checkup.findings import Finding
from app.checkup.stored import Expected
from app.followers.menu import menu_for
from app.settings import Settings
from app.wechat import menus
from app.wechat.client import WeChatClient
from app.wechat.wire import Wire
from models.enums import PhaseKind
from tests.app.checkup.conftest import FINE, NOTE, WRONG, ByHost, by_subject, network
from tests.standin.platform import Platform
from tests.standin.stores import Template

EXPECTED = Expected(PhaseKind.COLLECTING, [])


@pytest.fixture
async def client(settings: Settings, platform: Platform) -> AsyncIterator[WeChatClient]:
    wire = Wire(settings.wechat, network(platform, settings))
    client = WeChatClient(settings.wechat, wire, account.HandedOut(settings.wechat, wire))
    yield client
    await client.close()


async def asked(settings: Settings, answer: dict[str, Any]) -> dict[str, Finding]:
    """When this is all the platform says."""
    saying = ByHost(platform_test=JSONResponse({"access_token": "t", "expires_in": 7200} | answer))
    return by_subject(await account.check(settings.wechat, EXPECTED, saying))


async def test_a_wrong_secret_is_named(settings: Settings, platform: Platform) -> None:
    platform.account.secret = "changed"
    [finding] = await account.check(settings.wechat, EXPECTED, network(platform, settings))
    assert (finding.subject, finding.verdict) == ("微信平台", WRONG)
    assert "SHISHI_WECHAT__APP_SECRET" in finding.mend


async def test_an_address_that_is_not_let_in_is_told(settings: Settings) -> None:
    refusal = {
        "errcode": 40164,
        "errmsg": "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1",
    }
    [finding] = (await asked(settings, refusal)).values()
    assert (finding.verdict, "40164" in finding.said) == (WRONG, True)
    assert "IP 白名单" in finding.mend
    assert "203.0.113.7" in finding.mend


async def test_looking_does_not_renew_the_token(settings: Settings, platform: Platform) -> None:
    wire = Wire(settings.wechat, network(platform, settings))
    tokens = [await account.HandedOut(settings.wechat, wire).get() for _ in range(2)]
    await wire.close()
    assert tokens[0] == tokens[1]


async def test_the_menu_against_the_phase(client: WeChatClient) -> None:
    assert "shishi menu publish" in (await account.check_menu(client, EXPECTED)).mend
    await menus.publish(client, menu_for(PhaseKind.OPINION))
    assert (await account.check_menu(client, EXPECTED)).verdict is NOTE
    await menus.publish(client, menu_for(PhaseKind.COLLECTING))
    assert (await account.check_menu(client, EXPECTED)).verdict is FINE


async def test_templates_of_broadcasts_that_wait(client: WeChatClient, platform: Platform) -> None:
    def wanted(*fields: str, channel: str = "template", template: str = "T-vote") -> Expected:
        return Expected(None, [Templated("请投票", channel, template, fields)])

    platform.stores.templates["T-vote"] = Template("T-vote", "投票通知", ("thing1", "time2"))
    platform.stores.templates["T-ask"] = Template("T-ask", "提醒", ("thing1",), for_subscription=True)
    assert (await account.check_templates(client, EXPECTED)).verdict is FINE
    assert (await account.check_templates(client, wanted("thing1"))).verdict is FINE
    assert (
        await account.check_templates(client, wanted("thing1", channel="subscribe", template="T-ask"))
    ).verdict is FINE
    extra = await account.check_templates(client, wanted("thing1", "thing9"))
    assert (extra.verdict, "thing9" in extra.said) == (WRONG, True)
    gone = await account.check_templates(client, wanted("thing1", template="T-old"))
    assert (gone.verdict, "公众号里没有" in gone.said) == (WRONG, True)


async def test_little_that_is_left_of_the_day_is_told(client: WeChatClient, platform: Platform) -> None:
    assert (await account.check_quotas(client)).verdict is FINE
    path = "/cgi-bin/message/custom/send"
    platform.quotas.per_day[path] = 20
    for _ in range(19):
        platform.quotas.spend(path)
    finding = await account.check_quotas(client)
    assert (finding.verdict, "客服消息还剩 1 次" in finding.said) == (NOTE, True)


@pytest.mark.parametrize(
    ("answer", "wrong", "said"),
    [
        ({"errcode": 40201, "errmsg": "not set callback url"}, True, "还没有填回调地址"),
        ({"errcode": 48001, "errmsg": "api unauthorized"}, False, "返回码 48001"),
        ({"dns": [], "ping": []}, True, "查不到"),
        ({"dns": [{"ip": "203.0.113.7"}], "ping": [{"package_loss": "100%"}]}, False, "ping 不通"),
        ({"dns": [{"ip": "203.0.113.7"}], "ping": [{"package_loss": "0%"}]}, False, "203.0.113.7"),
    ],
)
async def test_whether_the_platform_finds_us(
    settings: Settings, answer: dict[str, Any], wrong: bool, said: str
) -> None:
    class Handed:
        """A token, whatever the platform says."""

        async def get(self) -> str:
            return "t"

        async def renew(self, refused: str) -> str:
            return refused

    wire = Wire(settings.wechat, ByHost(platform_test=JSONResponse(answer)))
    finding = await account.check_outside(WeChatClient(settings.wechat, wire, Handed()))
    await wire.close()
    assert (finding.verdict is WRONG, said in finding.said) == (wrong, True)
    assert "服务器配置" in finding.mend or "域名解析" in finding.mend


async def test_what_is_not_told_is_no_mistake(settings: Settings) -> None:
    found = await asked(settings, {})
    assert not [finding for finding in found.values() if finding.verdict is WRONG and finding.subject != "外网"]
    assert found["配额"].verdict is NOTE
