"""Looking at ourselves from outside: our callback address as the platform asks it, and the platform's clock."""

import hashlib
import secrets
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from app.errors import ShishiError
from app.settings import WeChatSettings

Transport = httpx.AsyncBaseTransport | None  # None: the network itself

PATIENCE = 5.0  # seconds, as the platform's


class Unverified(ShishiError):
    """The address would not be accepted. `mend` says what to do."""

    code = "unverified"

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.mend = mend


async def verify(account: WeChatSettings, address: str, now: datetime, transport: Transport = None) -> None:
    """GET with a signature and an echostr, as when the address is saved in the account's console.

    Raises Unverified. Source: the platform's /doc/subscription/guide/dev/push/encryption
    """
    nonce, echo = str(secrets.randbelow(10**9)), str(secrets.randbelow(10**18))
    stamp = str(int(now.timestamp()))
    signed = "".join(sorted((account.token.get_secret_value(), stamp, nonce)))
    signature = hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
    parameters = {"signature": signature, "timestamp": stamp, "nonce": nonce, "echostr": echo}
    answer = await _get(address, parameters, transport)
    if answer is None:
        raise Unverified("连不上", "请确认服务已经启动（shishi serve），域名、反向代理和防火墙都通。")
    if answer.status_code == httpx.codes.FORBIDDEN:
        raise Unverified("不认这个签名", "请重启服务，并核对各处的 SHISHI_WECHAT__TOKEN 是否一致。")
    if answer.status_code != httpx.codes.OK or answer.text != echo:
        mend = "请检查反向代理有没有把 /wechat 原样转给本服务，不要跳转，也不要改动内容。"
        raise Unverified(f"回答得不对（HTTP {answer.status_code}）", mend)


async def time_of(address: str, transport: Transport = None) -> datetime | None:
    """The clock of whoever answers at `address`; None when it does not tell."""
    answer = await _get(address, {}, transport)
    try:
        return parsedate_to_datetime(answer.headers["Date"]) if answer is not None else None
    except (KeyError, ValueError):
        return None


async def status_of(address: str, transport: Transport = None) -> int | None:
    """What is answered to anybody at `address`; None when nobody answers."""
    answer = await _get(address, {}, transport)
    return answer.status_code if answer is not None else None


async def _get(address: str, parameters: dict[str, str], transport: Transport) -> httpx.Response | None:
    """None when nobody answers. A proxy of the machine is for the world outside, as everywhere in this room."""
    outside = urlsplit(address).scheme == "https"
    try:
        async with httpx.AsyncClient(timeout=PATIENCE, transport=transport, trust_env=outside) as http:
            return await http.get(address, params=parameters)
    except (httpx.TransportError, httpx.InvalidURL):
        return None
