"""The account's message templates (/cgi-bin/template/…, /wxaapi/newtmpl/…): their names and their fields."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from app.wechat.client import WeChatClient

FIELD = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")


class Template(NamedTuple):
    template_id: str
    title: str
    fields: Sequence[str]


async def of_messages(client: WeChatClient) -> list[Template]:
    answer = await client.call("GET", "/cgi-bin/template/get_all_private_template")
    return [_read(entry, "template_id") for entry in answer.get("template_list") or ()]


async def of_subscriptions(client: WeChatClient) -> list[Template]:
    answer = await client.call("GET", "/wxaapi/newtmpl/gettemplate")
    return [_read(entry, "priTmplId") for entry in answer.get("data") or ()]


def _read(entry: dict[str, Any], key: str) -> Template:
    fields = tuple(dict.fromkeys(FIELD.findall(str(entry.get("content", "")))))
    return Template(str(entry.get(key, "")), str(entry.get("title", "")), fields)
