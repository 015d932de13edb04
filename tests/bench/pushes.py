"""Ready-made requests of many workers who each write a whole proposal."""

import itertools
import secrets
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from app.proposals.alike.features import Text
from tests.app.proposals.alike import corpus
from tests.standin import crypto, payloads

MANY = 2000  # texts, put together from the corpus: people do not all propose the same


class Keys(NamedTuple):
    app_id: str
    token: str
    aes_key: str


def conversations(keys: Keys, connections: int, proposals: int, now: int) -> list[list[bytes]]:
    """For each connection so many dialogues, one person's after another's, each of a proposal of its own."""
    run = secrets.token_hex(4)
    return [list(_requests(keys, f"o{run}{number:04d}", proposals, now)) for number in range(connections)]


def _requests(keys: Keys, prefix: str, proposals: int, now: int) -> Iterator[bytes]:
    ids = itertools.count(10_000_000_000)
    for person in range(proposals):
        openid = f"{prefix}{person:06d}".ljust(28, "x")
        for said in _dialogue(secrets.choice(_texts())):
            yield request(keys, openid, said, now, next(ids))


def _dialogue(proposed: Text) -> Sequence[str]:
    half = len(proposed.summary) // 2
    return (
        "我要提案",
        "同意",
        "2",
        proposed.title,
        proposed.summary[:half],
        proposed.summary[half:],
        "完",
        proposed.expected_outcome,
        "跳过",
        "杨浦环卫所，环卫工",
        "王师傅",
        "13800000000",
        "提交",
    )


TURNS = len(_dialogue(Text("", "", "")))  # of a dialogue


@cache
def _texts() -> Sequence[Text]:
    return corpus.many(corpus.load(), MANY)


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
