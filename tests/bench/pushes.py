"""Ready-made requests of many workers who each write a whole proposal."""

import secrets
from collections.abc import Iterator
from typing import NamedTuple

from tests.standin import crypto, payloads

DIALOGUE = (
    "我要提案",
    "同意",
    "2",
    "为早班环卫工建爱心早餐站",
    "在环卫道班附近找合作的早餐店，凭工会卡每天领一份热早餐，经费由工会和街道各出一半。",
    "店家由街道推荐，每季度请职工打分，不好的换掉。",
    "完",
    "一年服务五百名早班职工，满意率九成以上",
    "跳过",
    "杨浦环卫所，环卫工",
    "王师傅",
    "13800000000",
    "提交",
)


class Keys(NamedTuple):
    app_id: str
    token: str
    aes_key: str


def conversations(keys: Keys, connections: int, turns: int, now: int) -> list[list[bytes]]:
    """For each connection about `turns` requests, one person's dialogue after another's."""
    run = secrets.token_hex(4)
    return [list(_requests(keys, f"o{run}{number:04d}", turns, now)) for number in range(connections)]


def _requests(keys: Keys, prefix: str, turns: int, now: int) -> Iterator[bytes]:
    for turn in range(turns):
        person, step = divmod(turn, len(DIALOGUE))
        openid = f"{prefix}{person:06d}".ljust(28, "x")
        yield request(keys, openid, DIALOGUE[step], now, 10_000_000_000 + turn)


def request(keys: Keys, openid: str, content: str, now: int, message_id: int) -> bytes:
    elements = [("ToUserName", "gh_bench"), ("FromUserName", openid), ("CreateTime", now)]
    message = payloads.document([*elements, *payloads.text(content, message_id)])
    encrypted = crypto.encrypt(keys.aes_key, keys.app_id, message)
    nonce = str(secrets.randbelow(10**10))
    body = payloads.envelope(ToUserName="gh_bench", Encrypt=encrypted).encode()
    signature = crypto.sign(keys.token, str(now), nonce)
    msg_signature = crypto.sign(keys.token, str(now), nonce, encrypted)
    query = (
        f"signature={signature}&timestamp={now}&nonce={nonce}&openid={openid}"
        f"&encrypt_type=aes&msg_signature={msg_signature}"
    )
    head = (
        f"POST /wechat?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n"
        f"Pragma: no-cache\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
