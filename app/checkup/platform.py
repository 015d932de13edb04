"""Checks of the way between the platform and us, in both directions."""

from urllib.parse import urlsplit

from app.checkup.findings import Finding, fine, note, wrong
from app.clock import Clock
from app.settings import Settings, WeChatSettings
from app.wechat.callback import Transport, Unverified, verify
from app.wechat.errors import CallFailed
from app.wechat.wire import Wire

PORTS = {"http": 80, "https": 443}
CALLBACK = "/wechat"


async def check_token(account: WeChatSettings, transport: Transport = None) -> Finding:
    """Asks for the token itself: in this mode the platform hands out the one in use, and changes nothing."""
    wire = Wire(account, transport)
    body = {
        "grant_type": "client_credential",
        "appid": account.app_id,
        "secret": account.app_secret.get_secret_value(),
        "force_refresh": False,
    }
    try:
        await wire.exchange("POST", "/cgi-bin/stable_token", {}, body)
    except CallFailed as error:
        return wrong("微信平台", "取不到接口令牌", error.message)
    finally:
        await wire.close()
    return fine("微信平台", "取得到接口令牌")


def check_address(settings: Settings) -> Finding:
    """The platform calls ports 80 and 443 only; what stands in for it may call any."""
    address = urlsplit(settings.public_url)
    standard = PORTS.get(address.scheme)
    mend = "请把 SHISHI_PUBLIC_URL 设成手机打得开的网址，最好是 https:// 开头的域名。"
    if standard is None or not address.hostname:
        return wrong("网址", f"{settings.public_url} 不是 http:// 或 https:// 开头的网址", mend)
    if not _is_real_platform(settings.wechat):
        return note("网址", f"{settings.public_url}；接的不是正式的微信平台")
    if address.port not in (None, standard):
        return wrong("网址", f"微信平台只访问 80 和 443 端口，不会访问 {address.port}", mend)
    if address.hostname in ("localhost", "127.0.0.1", "::1"):
        return wrong("网址", f"{settings.public_url} 只有这台机器自己打得开", mend)
    return fine("网址", settings.public_url)


async def check_callback(settings: Settings, clock: Clock, transport: Transport = None) -> Finding:
    address = settings.public_url + CALLBACK
    try:
        await verify(settings.wechat, address, clock.wall(), transport)
    except Unverified as error:
        return wrong("回调地址", f"{address} {error.message}", error.mend)
    return fine("回调地址", f"{address} 验证得过")


def _is_real_platform(account: WeChatSettings) -> bool:
    return account.api_url == str(WeChatSettings.model_fields["api_url"].default)
