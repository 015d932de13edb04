"""Checks of the way from outside to us: our address, what answers there, who signs in there."""

from urllib.parse import urlsplit

from app.checkup.configured import is_real_platform
from app.checkup.findings import Finding, fine, note, wrong
from app.clock import Clock
from app.settings import AccountKind, Settings
from app.wechat.callback import Transport, Unverified, status_of, verify

PORTS = {"http": 80, "https": 443}
OWN_NAMES = ("localhost", "127.0.0.1", "::1")
OPEN = 200
CALLBACK = "/wechat"


def check_address(settings: Settings) -> Finding:
    """The platform calls ports 80 and 443 only; what stands in for it may call any."""
    address = urlsplit(settings.public_url)
    standard = PORTS.get(address.scheme)
    mend = "请把 SHISHI_PUBLIC_URL 设成手机打得开的网址，最好是 https:// 开头的域名。"
    if standard is None or not address.hostname:
        return wrong("网址", f"{settings.public_url} 不是 http:// 或 https:// 开头的网址", mend)
    if not is_real_platform(settings.wechat):
        return note("网址", f"{settings.public_url}；接的不是正式的微信平台")
    if address.port not in (None, standard):
        return wrong("网址", f"微信平台只访问 80 和 443 端口，不会访问 {address.port}", mend)
    if address.hostname in OWN_NAMES:
        return wrong("网址", f"{settings.public_url} 只有这台机器自己打得开", mend)
    if address.scheme != "https":
        said = f"{settings.public_url} 没有加密：职工的登录和选票在路上看得见，控制台的登录也不能保持"
        return note("网址", said, "请给域名装上证书，把 SHISHI_PUBLIC_URL 改成 https:// 开头。")
    return fine("网址", settings.public_url)


def check_sign_in(settings: Settings) -> Finding:
    """The account's console takes one name, exactly the redirect's (10003 otherwise); no API tells it."""
    if settings.wechat.account_kind is AccountKind.SUBSCRIPTION:
        return note("网页登录", "订阅号没有网页授权：职工打不开自己的网页，请在聊天里提案和投票")
    if not is_real_platform(settings.wechat):
        return note("网页登录", "接的不是正式的微信平台")
    host = urlsplit(settings.public_url).hostname or ""
    mend = (
        f"请核对公众平台“网页授权域名”里填的正好是 {host}：不带 https://，不带端口和路径，上级或下级域名都不算。"
    )
    return note("网页登录", "查不到后台填的网页授权域名，填错了职工打开网页会看到 10003", mend)


async def check_callback(settings: Settings, clock: Clock, transport: Transport = None) -> Finding:
    address = settings.public_url + CALLBACK
    try:
        await verify(settings.wechat, address, clock.wall(), transport)
    except Unverified as error:
        return wrong("回调地址", f"{address} {error.message}", error.mend)
    return fine("回调地址", f"{address} 从这台机器上验证得过")


async def check_metrics(settings: Settings, transport: Transport = None) -> Finding:
    """Only for this machine: behind a proxy on it that does not say for whom it asks, everybody seems to be it."""
    if urlsplit(settings.public_url).hostname in OWN_NAMES:
        return fine("运行数字", "网址只有这台机器自己打得开")
    if await status_of(f"{settings.public_url}/metrics", transport) != OPEN:
        return fine("运行数字", "外人看不到")
    mend = (
        "请让反向代理转告来访地址（nginx：proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;），"
        "再核对 SHISHI_TRUSTED_PROXIES。"
    )
    return wrong("运行数字", f"谁都打得开 {settings.public_url}/metrics：反向代理没有转告来访地址", mend)
