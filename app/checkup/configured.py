"""Checks of the settings: all of them are there, or nothing would run, but are they wise? Pure."""

import re
from collections.abc import Iterator
from ipaddress import ip_network

from app.checkup.findings import Finding, fine, note, wrong
from app.settings import AccountKind, Settings, WeChatSettings

FEWEST_DIFFERENT = 12  # characters: of 32 random ones there are hardly ever fewer
BEIJING = "Asia/Shanghai"
# As consoles are seen to give and take them; the platform documents none of it, so that it is only a hint.
SHAPES = (
    ("app_id", re.compile(r"wx[0-9a-f]{16}"), "SHISHI_WECHAT__APP_ID"),
    ("app_secret", re.compile(r"[0-9a-f]{32}"), "SHISHI_WECHAT__APP_SECRET"),
    ("token", re.compile(r"[A-Za-z0-9]{3,32}"), "SHISHI_WECHAT__TOKEN"),
)
GUESSABLE = re.compile(r"password|changeme|example|123456|请|密钥", re.IGNORECASE)


def check(settings: Settings) -> Iterator[Finding]:
    yield fine("设置", "齐全")
    yield check_secret(settings)
    yield check_account(settings.wechat)
    yield check_mode(settings.wechat)
    yield check_old_keys(settings)
    yield check_proxies(settings.trusted_proxies)
    yield check_zone(settings)
    yield check_push(settings)


def check_secret(settings: Settings) -> Finding:
    secret, previous = settings.secrets
    mend = (
        "请用 python3 -c 'import secrets; print(secrets.token_urlsafe(48))' 生成一个，填到 SHISHI_SECRET_KEY，"
        "原来的移到 SHISHI_PREVIOUS_SECRET_KEY。"
    )
    if len(set(secret)) < FEWEST_DIFFERENT or GUESSABLE.search(secret):
        return wrong("密钥强度", "SHISHI_SECRET_KEY 太容易猜，谁猜到就能读个人资料、冒充登录", mend)
    if secret == previous:
        return note("密钥强度", "新旧两个密钥是同一个", "请把 SHISHI_PREVIOUS_SECRET_KEY 清空。")
    return fine("密钥强度", "足够随机")


def check_account(account: WeChatSettings) -> Finding:
    if not is_real_platform(account):
        return note("公众号", "接的不是正式的微信平台")
    values = {"app_id": account.app_id} | {
        name: getattr(account, name).get_secret_value() for name in ("app_secret", "token")
    }
    odd = [setting for name, shape, setting in SHAPES if not shape.fullmatch(values[name])]
    if odd:
        said = f"{'、'.join(odd)} 不像公众号后台给的样子"
        return note("公众号", said, "请从公众号后台重新复制，前后不要带空格和引号。")
    kind = "服务号" if account.account_kind is AccountKind.SERVICE else "订阅号"
    return fine("公众号", f"按{kind}使用")


def check_mode(account: WeChatSettings) -> Finding:
    if account.mode == "plain":
        mend = "请在公众号后台改成“安全模式”，再把 SHISHI_WECHAT__MODE 设成 safe。"
        return note("消息加密", "明文模式：职工的消息在路上看得见", mend)
    return fine("消息加密", "安全模式")


def check_old_keys(settings: Settings) -> Finding:
    kept = {
        "SHISHI_PREVIOUS_SECRET_KEY": settings.previous_secret_key,
        "SHISHI_WECHAT__PREVIOUS_ENCODING_AES_KEY": settings.wechat.previous_encoding_aes_key,
    }
    names = [name for name, value in kept.items() if value.get_secret_value()]
    if names:
        mend = (
            "换完密钥、用上几天没有问题以后，就可以清空消息加密的旧密钥；个人资料的旧密钥在旧资料删除以前要留着。"
        )
        return note("旧密钥", f"还留着 {'、'.join(names)}", mend)
    return fine("旧密钥", "没有留着")


def check_proxies(trusted: str) -> Finding:
    """Whose word on a visitor's address counts: uvicorn takes addresses and networks, or * for everybody."""
    mend = "请把 SHISHI_TRUSTED_PROXIES 设成反向代理的地址，例如 127.0.0.1，几个用逗号隔开。"
    places = [place.strip() for place in trusted.split(",") if place.strip()]
    if "*" in places:
        return wrong("反向代理", "谁说自己从哪里来都信，来访地址可以伪造", mend)
    unreadable = [place for place in places if not _is_network(place)]
    if unreadable:
        return wrong("反向代理", f"看不懂 {'、'.join(unreadable)}", mend)
    if not places:
        return note("反向代理", "不信任何反向代理：经过反向代理时，所有人看起来来自同一个地址", mend)
    return fine("反向代理", f"只信 {'、'.join(places)} 转告的来访地址")


def check_zone(settings: Settings) -> Finding:
    if settings.timezone != BEIJING:
        mend = "在国内使用，请把 SHISHI_TIMEZONE 设成 Asia/Shanghai。"
        return note("时区", f"{settings.timezone}：日程和免打扰时段按这个时区算", mend)
    return fine("时区", BEIJING)


def check_push(settings: Settings) -> Finding:
    push = settings.push
    if not push.per_second:
        mend = "请设 SHISHI_PUSH__PER_SECOND，例如 50；太快了平台会拒收。"
        return note("推送速度", "没有限制", mend)
    if push.quiet is None:
        mend = "如果不是有意的，请设 SHISHI_PUSH__QUIET_HOURS，例如 22:00-08:00。"
        return note("推送速度", "夜里也会推送", mend)
    return fine("推送速度", f"每秒最多 {push.per_second:g} 条，{push.quiet_hours} 免打扰")


def is_real_platform(account: WeChatSettings) -> bool:
    return account.api_url == str(WeChatSettings.model_fields["api_url"].default)


def _is_network(place: str) -> bool:
    try:
        ip_network(place)
    except ValueError:
        return False
    return True
