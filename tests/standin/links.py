"""The two kinds of link a chat text can carry: a page, and an answer sent as if typed. Pure."""

import html
import re
from urllib.parse import parse_qs, urlsplit

from tests.standin.state import Link

# WeChat wants double quotes; anything else stays text.
ANCHOR = re.compile(r'<a\s+href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def links_in(text: str) -> list[Link]:
    return [_link(html.unescape(href), label) for href, label in ANCHOR.findall(text)]


def menu_link(content: str, menu_id: str) -> str:
    """How an entry of a `msgmenu` message is drawn."""
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={menu_id}">{content}</a>'


def _link(href: str, label: str) -> Link:
    if not href.startswith("weixin://bizmsgmenu?"):
        return Link(label, href)
    query = parse_qs(urlsplit(href).query)
    return Link(label, href, query.get("msgmenucontent", [""])[0], query.get("msgmenuid", [""])[0])
