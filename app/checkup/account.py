"""Checks that ask the platform: its token, and how the account stands there. They change nothing."""

from typing import Any

from app.broadcasts.queries import Templated
from app.checkup.findings import Finding, fine, note, wrong
from app.checkup.stored import Expected
from app.followers.menu import menu_for
from app.settings import WeChatSettings
from app.wechat import menus, quotas, templates
from app.wechat.callback import Transport
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, PlatformError
from app.wechat.templates import Template
from app.wechat.wire import Wire, required

NO_CALLBACK = 40201  # /cgi-bin/callback/check: no address is set in the account's console
USED_IN_SENDING = (
    ("/cgi-bin/message/custom/send", "客服消息"),
    ("/cgi-bin/message/template/send", "模板消息"),
    ("/cgi-bin/message/mass/send", "群发"),
)
LITTLE = 0.1  # of a day's quota
LOST = "100%"


class HandedOut:
    """The token as it is: asked in this mode, the platform hands out the one in use (/cgi-bin/stable_token)."""

    def __init__(self, account: WeChatSettings, wire: Wire) -> None:
        self._account = account
        self._wire = wire
        self._token = ""

    async def get(self) -> str:
        """Raises CallFailed."""
        if not self._token:
            body = {
                "grant_type": "client_credential",
                "appid": self._account.app_id,
                "secret": self._account.app_secret.get_secret_value(),
                "force_refresh": False,
            }
            answer = await self._wire.exchange("POST", "/cgi-bin/stable_token", {}, body)
            self._token = str(required(answer, "access_token"))
        return self._token

    async def renew(self, refused: str) -> str:
        """The service renews it; here the refusal is to be seen."""
        return refused


async def check(account: WeChatSettings, expected: Expected | None, transport: Transport = None) -> list[Finding]:
    """Without a token nothing else can be asked; `expected` is None when our database could not be read."""
    wire = Wire(account, transport)
    tokens = HandedOut(account, wire)
    client = WeChatClient(account, wire, tokens)
    try:
        token = await check_token(tokens)
        if token.mend:
            return [token]
        found = [token, await check_outside(client), await check_quotas(client)]
        if expected is not None:
            found += [await check_menu(client, expected), await check_templates(client, expected)]
        return found
    finally:
        await client.close()


async def check_token(tokens: HandedOut) -> Finding:
    try:
        await tokens.get()
    except CallFailed as error:
        code = f"（返回码 {error.errcode}）" if isinstance(error, PlatformError) else ""
        return wrong("微信平台", f"取不到接口令牌{code}", error.message)
    return fine("微信平台", "取得到接口令牌")


async def check_outside(client: WeChatClient) -> Finding:
    """The platform looks up the name of our callback address and pings it; of its port it says nothing."""
    asking = {"action": "all", "check_operator": "DEFAULT"}
    by_hand = "要确认从外面连得上，请在公众平台“服务器配置”里点一次提交：提示成功才算。"
    try:
        answer = await client.call("POST", "/cgi-bin/callback/check", json=asking)
    except PlatformError as error:
        if error.errcode == NO_CALLBACK:
            mend = "请在公众平台“服务器配置”里填上回调地址、令牌和消息加解密密钥，再启用。"
            return wrong("外网", "公众平台里还没有填回调地址", mend)
        return note("外网", f"平台没有帮忙查（返回码 {error.errcode}）", by_hand)
    except CallFailed:
        return note("外网", "平台没有帮忙查", by_hand)
    return _outside(answer, by_hand)


def _outside(answer: dict[str, Any], by_hand: str) -> Finding:
    addresses = [str(entry.get("ip")) for entry in answer.get("dns") or ()]
    if not addresses:
        return wrong("外网", "平台查不到回调地址的域名", "请核对域名解析，以及公众平台里填的回调地址。")
    pings = [str(entry.get("package_loss")) for entry in answer.get("ping") or ()]
    if pings and all(loss == LOST for loss in pings):
        return note("外网", f"平台查到的地址是 {'、'.join(addresses)}，但 ping 不通", by_hand)
    return note("外网", f"平台查到的地址是 {'、'.join(addresses)}；端口通不通，它不说", by_hand)


async def check_quotas(client: WeChatClient) -> Finding:
    """For those the platform tells of."""
    low, told = [], 0
    for path, title in USED_IN_SENDING:
        quota = await quotas.left(client, path)
        if quota is not None:
            told += 1
            low += [f"{title}还剩 {quota.left} 次"] if quota.left < quota.limit * LITTLE else []
    if low:
        return note("配额", f"今天的快用完了：{'，'.join(low)}", "零点以后恢复；急着用，可以在公众平台清零一次。")
    return fine("配额", "今天的够用") if told else note("配额", "平台没有说还剩多少")


async def check_menu(client: WeChatClient, expected: Expected) -> Finding:
    mend = "请运行 shishi menu publish，以后换阶段时菜单自己跟着换。"
    try:
        buttons = await menus.current(client)
    except CallFailed as error:
        return note("菜单", "没有查到", error.message)
    if not buttons:
        return note("菜单", "公众号还没有菜单", mend)
    if expected.phase is not None and buttons != menu_for(expected.phase):
        return note("菜单", "和现在的阶段对不上，或者有人在别处改过", mend)
    return fine("菜单", "和现在的阶段一致")


async def check_templates(client: WeChatClient, expected: Expected) -> Finding:
    """Those of broadcasts that are still to go out."""
    if not expected.templates:
        return fine("模板", "没有待发的推送用到模板")
    mend = "请在公众平台的模板库里核对，再到控制台的“推送”里改过来。"
    try:
        library = await _library(client, {one.channel for one in expected.templates})
    except CallFailed as error:
        return note("模板", "没有查到", error.message)
    lacking = [said for one in expected.templates if (said := _lacking(one, library))]
    return wrong("模板", "；".join(lacking), mend) if lacking else fine("模板", "待发的推送用到的都在")


async def _library(client: WeChatClient, channels: set[str]) -> dict[tuple[str, str], Template]:
    found = [("template", each) for each in await templates.of_messages(client)] if "template" in channels else []
    if "subscribe" in channels:
        found += [("subscribe", each) for each in await templates.of_subscriptions(client)]
    return {(channel, each.template_id): each for channel, each in found}


def _lacking(one: Templated, library: dict[tuple[str, str], Template]) -> str:
    template = library.get((one.channel, one.template_id))
    if template is None:
        return f"推送“{one.title}”用的模板公众号里没有"
    extra = [field for field in one.fields if field not in template.fields]
    return f"推送“{one.title}”里的 {'、'.join(extra)} 模板里没有" if extra else ""
