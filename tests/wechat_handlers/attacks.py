"""Requests that no platform would send, by name. Pure."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.wechat_handlers.callback import ACCOUNT, OPENID, Forge, Request, event, frame, raw_cipher, text

HELLO = text("我要提案")
METHODS = ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
OTHER_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
BODY_LIMIT = 64 * 1024
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

BOMB = "<!DOCTYPE xml [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)
EXTERNAL = '<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>'

Attack = Callable[[Forge], Request]


def _changed(encrypted: str, at: int) -> str:
    """One character of the base64 is another."""
    return encrypted[:at] + ("A" if encrypted[at] != "A" else "B") + encrypted[at + 1 :]


def _resealed(forge: Forge, blocks: bytes) -> Request:
    return forge.around(raw_cipher(forge.aes_key, blocks))


def _filled(blocks: bytes) -> bytes:
    count = 32 - len(blocks) % 32
    return blocks + bytes([count]) * count


def _padded(forge: Forge, padding: bytes) -> Request:
    """The message rightly framed, with `padding` at its end."""
    blocks = frame(HELLO.encode(), forge.app_id)
    return _resealed(forge, blocks + b"\0" * (-(len(blocks) + len(padding)) % 16) + padding)


def _json(**elements: object) -> str:
    said = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": 1512093600, "MsgType": "text"}
    return json.dumps({**said, "Content": "我要提案", "MsgId": 1, **elements})


PARAMETERS: Mapping[str, Attack] = {
    "no parameters": lambda forge: replace(forge.safe(HELLO), query=()),
    "no signatures": lambda forge: forge.safe(HELLO).without("signature", "msg_signature"),
    "no timestamp": lambda forge: forge.safe(HELLO).without("timestamp"),
    "no nonce": lambda forge: forge.safe(HELLO).without("nonce"),
    "wrong signature": lambda forge: forge.safe(HELLO).with_query(msg_signature="0" * 40),
    "empty signature": lambda forge: forge.safe(HELLO).with_query(msg_signature=""),
    "signature that is not ASCII": lambda forge: forge.safe(HELLO).with_query(msg_signature="签名"),
    "signature instead of msg_signature": lambda forge: forge.safe(HELLO).without("msg_signature"),
    "signature in the place of msg_signature": lambda forge: forge.safe(HELLO).with_query(
        msg_signature=dict(forge.safe(HELLO).query)["signature"]
    ),
    "signature given twice": lambda forge: forge.safe(HELLO).also(("msg_signature", "0" * 40)),
    "nonce given twice": lambda forge: forge.safe(HELLO).also(("nonce", "1")),
    "timestamp as an array": lambda forge: forge.safe(HELLO).also(("timestamp[]", "1")),
    "parameters without end": lambda forge: forge.safe(HELLO).also(*((f"x{n}", "1") for n in range(40))),
    "signature of another account": lambda forge: forge.but(token="othertoken").safe(HELLO),
    "encrypt_type left out": lambda forge: forge.safe(HELLO).without("encrypt_type"),
    "encrypt_type raw": lambda forge: forge.safe(HELLO).with_query(encrypt_type="raw"),
}

TIMES: Mapping[str, Attack] = {
    "stale by a second": lambda forge: forge.safe(HELLO, str(forge.now - 301)),
    "early by a second": lambda forge: forge.safe(HELLO, str(forge.now + 301)),
    "of another year": lambda forge: forge.safe(HELLO, "1262304000"),
    "in milliseconds": lambda forge: forge.safe(HELLO, f"{forge.now}000"),
    "not a number": lambda forge: forge.safe(HELLO, "soon"),
    "infinite": lambda forge: forge.safe(HELLO, "inf"),
    "negative": lambda forge: forge.safe(HELLO, f"-{forge.now}"),
    "in full-width digits": lambda forge: forge.safe(HELLO, str(forge.now).translate(FULL_WIDTH)),
    "with blanks": lambda forge: forge.safe(HELLO, f" {forge.now}"),
    "huge": lambda forge: forge.safe(HELLO, "9" * 400),
    "beyond what Python converts": lambda forge: forge.safe(HELLO, "9" * (sys.get_int_max_str_digits() + 1)),
}

CIPHERTEXTS: Mapping[str, Attack] = {
    "plain body in safe mode": lambda forge: forge.plain(HELLO),
    "plain body that says raw": lambda forge: forge.plain(HELLO).also(("encrypt_type", "raw")),
    "plain body that says aes": lambda forge: forge.plain(HELLO).also(
        ("encrypt_type", "aes"), ("msg_signature", dict(forge.plain(HELLO).query)["signature"])
    ),
    "for another appid": lambda forge: forge.but(app_id="wxffffffffffffffff").safe(HELLO),
    "for no appid": lambda forge: forge.but(app_id="").safe(HELLO),
    "under another key": lambda forge: forge.but(aes_key=OTHER_KEY).safe(HELLO),
    "tampered with": lambda forge: replace(forge.safe(HELLO), body=forge.safe(text("同意")).body),
    "tampered with at the beginning and signed": lambda forge: forge.around(_changed(forge.encrypted(HELLO), 24)),
    "tampered with at the end and signed": lambda forge: forge.around(_changed(forge.encrypted(HELLO), -8)),
    "truncated base64": lambda forge: forge.around(forge.encrypted(HELLO)[:-3]),
    "a block short": lambda forge: forge.around(forge.encrypted(HELLO)[:64]),
    "no base64 at all": lambda forge: forge.around("不是密文"),
    "empty": lambda forge: forge.around(""),
    "padding of nought": lambda forge: _padded(forge, b"\0"),
    "padding of 33": lambda forge: _padded(forge, b"\x21" * 33),
    "padding of 255": lambda forge: _padded(forge, b"\xff" * 255),
    "length beyond the end": lambda forge: _resealed(
        forge, _filled(frame(HELLO.encode(), forge.app_id, length=10**6))
    ),
    "length of the whole address space": lambda forge: _resealed(
        forge, _filled(frame(HELLO.encode(), forge.app_id, length=-1))
    ),
    "nothing but padding": lambda forge: _resealed(forge, b"\x20" * 32),
}


BODIES: Mapping[str, Attack] = {
    "empty": lambda forge: replace(forge.safe(HELLO), body=b""),
    "too large": lambda forge: replace(forge.safe(HELLO), body=forge.safe(HELLO).body.ljust(BODY_LIMIT + 1)),
    "not UTF-8": lambda forge: replace(forge.safe(HELLO), body=HELLO.encode("gb18030")),
    "NUL bytes": lambda forge: replace(forge.safe(HELLO), body=b"\0" * 512),
    "HTML": lambda forge: replace(forge.safe(HELLO), body=b"<!doctype html><p>hello"),
    "an entity bomb": lambda forge: replace(forge.safe(HELLO), body=f"{BOMB}]><xml>&j;</xml>".encode()),
    "an external entity": lambda forge: replace(
        forge.safe(HELLO), body=f"{EXTERNAL}<xml><Encrypt>&e;</Encrypt></xml>".encode()
    ),
    "deep nesting": lambda forge: replace(forge.safe(HELLO), body=b"<xml>" + b"<a>" * 20_000),
    "16,000 siblings": lambda forge: replace(forge.safe(HELLO), body=b"<xml>" + b"<a/>" * 16_000 + b"</xml>"),
    "JSON garbage": lambda forge: replace(forge.safe(HELLO), body=b'{"Encrypt":'),
    "JSON of another shape": lambda forge: replace(forge.safe(HELLO), body=b'["Encrypt"]'),
    "JSON with a number in Encrypt": lambda forge: replace(forge.safe(HELLO), body=b'{"Encrypt": 1}'),
    "JSON with an object in Encrypt": lambda forge: replace(forge.safe(HELLO), body=b'{"Encrypt": {"a": 1}}'),
    "deeply nested JSON": lambda forge: replace(forge.safe(HELLO), body=b'{"Encrypt":' + b"[" * 60_000),
}

# What is inside was rightly encrypted and signed: somebody has our secrets, and still nothing breaks.
MESSAGES: Mapping[str, Attack] = {
    "an entity bomb": lambda forge: forge.safe(f"{BOMB}]><xml><Content>&j;</Content></xml>"),
    "an external entity": lambda forge: forge.safe(f"{EXTERNAL}<xml><FromUserName>&e;</FromUserName></xml>"),
    "a DTD": lambda forge: forge.safe(f'<!DOCTYPE xml SYSTEM "http://evil.test/x.dtd">{HELLO}'),
    "an entity nobody declared": lambda forge: forge.safe(HELLO.replace("我要提案]]>", "]]>&e;")),
    "deep nesting": lambda forge: forge.safe("<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>"),
    "nesting in a message that is right otherwise": lambda forge: forge.safe(
        HELLO.replace("</xml>", "<a>" * 50 + "</a>" * 50 + "</xml>")
    ),
    "11,000 siblings": lambda forge: forge.safe("<xml>" + "<a/>" * 11_000 + "</xml>"),
    "no XML": lambda forge: forge.safe("hello"),
    "no elements": lambda forge: forge.safe("<xml></xml>"),
    "text only": lambda forge: forge.safe("<xml>hello</xml>"),
    "not UTF-8": lambda forge: _resealed(forge, _filled(frame(HELLO.encode("gb18030"), forge.app_id))),
    "nobody's": lambda forge: forge.safe(text("我要提案", FromUserName="")),
    "blank sender": lambda forge: forge.safe(text("我要提案", openid="  ")),
    "of two senders": lambda forge: forge.safe(
        HELLO.replace("</xml>", "<FromUserName><![CDATA[oVictim]]></FromUserName></xml>")
    ),
    "of a nested sender": lambda forge: forge.safe(
        HELLO.replace(f"<![CDATA[{OPENID}]]>", f"<FromUserName>{OPENID}</FromUserName>")
    ),
    "to nobody": lambda forge: forge.safe(text("我要提案", ToUserName="")),
    "without a type": lambda forge: forge.safe(text("我要提案", MsgType="")),
    "without a time": lambda forge: forge.safe(text("我要提案", CreateTime="")),
    "absurdly long openid": lambda forge: forge.safe(text("我要提案", openid="o" * 10_000)),
    "openid with blanks": lambda forge: forge.safe(text("我要提案", openid="o person")),
    "negative CreateTime": lambda forge: forge.safe(text("我要提案", CreateTime="-1")),
    "huge CreateTime": lambda forge: forge.safe(text("我要提案", CreateTime="9" * 30)),
    "CreateTime that is no number": lambda forge: forge.safe(text("我要提案", CreateTime="1e9")),
    "huge MsgId": lambda forge: forge.safe(text("我要提案", msg_id="9" * 5000)),
    "superscript MsgId": lambda forge: forge.safe(text("我要提案", msg_id="²")),
    "click without end": lambda forge: forge.safe(event("CLICK", key="", at=1512093600, CreateTime="")),
    "JSON with an object as sender": lambda forge: forge.safe(_json(FromUserName={"openid": OPENID})),
    "JSON list": lambda forge: forge.safe("[1, 2]"),
}


def _by(method: str) -> Attack:
    return lambda forge: replace(forge.safe(HELLO), method=method)


ATTACKS: Mapping[str, Mapping[str, Attack]] = {
    "parameters": PARAMETERS,
    "time": TIMES,
    "ciphertext": CIPHERTEXTS,
    "body": BODIES,
    "message": MESSAGES,
    "method": {method: _by(method) for method in METHODS},
}
