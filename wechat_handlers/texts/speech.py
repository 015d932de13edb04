"""How sentences are put: links to tap, quoted words, dates, and cutting what is too long. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from urllib.parse import quote as percent_encode
from zoneinfo import ZoneInfo

LIMIT = 2000  # bytes of UTF-8 in one text reply: the platform refuses at 2,048 in practice
MORE = "\n（还有下文，回复“继续”接着看）"
SENTENCE_ENDS = "。！？；\n"


def tap(content: str, label: str | None = None) -> str:
    """A link that, when tapped, sends `content` as if it had been typed; typing it does the same."""
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid=0">{label or content}</a>'


def link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}">{label}</a>'


def quoted(said: str, most: int = 0) -> str:
    """A person's words inside our sentence: never taken for a link, cut to `most` characters if given."""
    plain = said.replace("<", "＜")
    return f"{plain[:most]}…" if most and len(plain) > most else plain


def day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日"


def moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{day(at, zone)}{at.astimezone(zone):%H:%M}"


def last_day(end: datetime, zone: ZoneInfo) -> str:
    """The last day of a span that ends just before `end`."""
    return day(end - timedelta(seconds=1), zone)


def until(end: datetime, zone: ZoneInfo) -> str:
    """The end of a span as people say it: midnight belongs to the day before."""
    local = end.astimezone(zone)
    return f"{last_day(end, zone)}24:00" if local.hour == local.minute == local.second == 0 else moment(end, zone)


def lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def cut(text: str, limit: int = LIMIT) -> tuple[str, str]:
    """(what fits into one reply, the rest): cut between sentences, never inside a link or a character."""
    if len(text.encode()) <= limit:
        return text, ""
    room = limit - len(MORE.encode())
    head = text.encode()[:room].decode(errors="ignore")
    inside = re.search(r"<a\b(?:(?!</a>).)*$", head, re.DOTALL)
    if inside and inside.start() > 0:
        head = head[: inside.start()]
    end = max(head.rfind(mark) for mark in SENTENCE_ENDS) + 1
    if end > len(head) // 2:
        head = head[:end]
    return head.rstrip("\n") + MORE, text[len(head) :].lstrip("\n")


def percent(said: str) -> str:
    return percent_encode(said, safe="")
