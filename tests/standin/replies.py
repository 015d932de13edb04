"""Reading what the service answers to a push, as strictly as the platform does. Pure."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.standin import crypto
from tests.standin.state import Account

TEXT_LIMIT = 2048  # bytes of UTF-8
ARTICLE_LIMIT = 8
SECONDS_DIGITS = 11  # a TimeStamp in milliseconds is longer, and refused

Outcome = Literal["success", "empty", "reply", "failed", "held"]
Fields = dict[str, Any]


class BadReply(ValueError):
    """The body is none of success, empty or a valid reply; says why."""


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    reply: Fields = field(default_factory=dict)
    problem: str = ""


def judge(body: bytes, account: Account, openid: str, key: str) -> Verdict:
    """Classify the body of an HTTP 200; `key` is the EncodingAESKey the push was made with."""
    if body in {b"", b"success"}:
        return Verdict("success" if body else "empty")
    try:
        reply = _open(_parse(body.decode()), account, key)
        _check(reply, account, openid)
    except (UnicodeDecodeError, BadReply) as error:
        return Verdict("failed", problem=str(error))
    return Verdict("reply", reply)


def _parse(text: str) -> Fields:
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise BadReply(f"neither success nor XML: {text[:60]!r}") from error
    if root.tag != "xml":
        raise BadReply(f"the root element is {root.tag}, not xml")
    return {child.tag: _value(child) for child in root}


def _value(element: ET.Element) -> Any:
    children = list(element)
    if not children:
        return element.text or ""
    if children[0].tag == "item":
        return [_value(child) for child in children]
    return {child.tag: _value(child) for child in children}


def _open(outer: Fields, account: Account, key: str) -> Fields:
    """The reply itself, decrypted where the mode asks for it."""
    if "Encrypt" not in outer:
        if account.mode == "safe":
            raise BadReply("a plain reply in safe mode")
        return outer
    if account.mode == "plain":
        raise BadReply("an encrypted reply in plain mode")
    if missing := {"MsgSignature", "TimeStamp", "Nonce"} - outer.keys():
        raise BadReply(f"the envelope lacks {', '.join(sorted(missing))}")
    return _decrypt(outer, account, key)


def _decrypt(outer: Fields, account: Account, key: str) -> Fields:
    stamp = outer["TimeStamp"]
    if not stamp.isdecimal() or len(stamp) > SECONDS_DIGITS:
        raise BadReply(f"TimeStamp is not in seconds: {stamp}")
    if crypto.sign(account.token, stamp, outer["Nonce"], outer["Encrypt"]) != outer["MsgSignature"]:
        raise BadReply("wrong MsgSignature")
    try:
        return _parse(crypto.decrypt(key, account.appid, outer["Encrypt"]))
    except crypto.BadCiphertext as error:
        raise BadReply(str(error)) from error


def _check(reply: Fields, account: Account, openid: str) -> None:
    if (reply.get("ToUserName"), reply.get("FromUserName")) != (openid, account.original_id):
        raise BadReply("ToUserName and FromUserName must be those of the push, swapped")
    if not str(reply.get("CreateTime", "")).isdecimal():
        raise BadReply("CreateTime is not a number")
    kind = reply.get("MsgType", "")
    if kind not in CHECKS:
        raise BadReply(f"unknown MsgType {kind!r}")
    CHECKS[kind](reply)


def _check_text(reply: Fields) -> None:
    content = reply.get("Content", "")
    size = len(content.encode()) if isinstance(content, str) else 0
    if not 0 < size <= TEXT_LIMIT:
        raise BadReply(f"a text of {size} bytes; 1 to {TEXT_LIMIT} are allowed")


def _check_media(reply: Fields) -> None:
    part = reply.get(reply["MsgType"].capitalize())
    if not isinstance(part, dict) or not part.get("MediaId"):
        raise BadReply(f"{reply['MsgType']} without MediaId")


def _check_news(reply: Fields) -> None:
    articles = reply.get("Articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= ARTICLE_LIMIT:
        raise BadReply("news needs 1 to 8 articles")
    if reply.get("ArticleCount") != str(len(articles)):
        raise BadReply("ArticleCount does not say how many articles there are")


def _check_nothing(reply: Fields) -> None:
    pass


CHECKS = {
    "text": _check_text,
    "image": _check_media,
    "voice": _check_media,
    "video": _check_media,
    "music": _check_nothing,
    "news": _check_news,
    "transfer_customer_service": _check_nothing,
}
