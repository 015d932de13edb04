"""The elements of a push, read from XML or JSON: hardened, lenient to what people type, and quick. Pure.

A library's general reader was measured to take a fifth of a whole turn; this one knows the two shapes there are.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, fromstring

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ENCRYPTED = re.compile(r"<Encrypt>\s*<!\[CDATA\[([A-Za-z0-9+/=]*)\]\]>\s*</Encrypt>")
DEEPEST = 8  # far beyond any push of the platform

# Elements whose text comes from people: it may hold "]]>", which the platform does not escape.
SPOKEN = ("Content", "Recognition", "Label", "Title", "Description", "Poiname")


class Unreadable(ValueError):
    """Not a push of the platform, or an attempt to make the reader work or fetch."""


def encrypted_part(body: str) -> str:
    """What stands in `Encrypt`. Raises Unreadable, or ParseError for what is no XML."""
    found = ENCRYPTED.search(body)
    encrypted = found[1] if found else read(body).get("Encrypt")
    if not isinstance(encrypted, str):
        raise Unreadable("nothing encrypted in it")
    return encrypted


def read(text: str) -> Mapping[str, Any]:
    """The elements by name: text, a dict of further elements, or a list where one name stands several times.

    Raises Unreadable, or ParseError for what is no XML.
    """
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _read_json(text)
    if not text.startswith("<xml>"):  # with its root first, nothing can be declared: no entity, nothing to fetch
        raise Unreadable("no push of the platform")
    document = _nested(fromstring(_mend(NOT_XML.sub("", text))), depth=0)  # noqa: S314 - see above
    if not isinstance(document, dict):
        raise Unreadable("an empty push")
    return document


def _read_json(text: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(text, object_hook=_as_in_xml)
    return loaded


def _as_in_xml(inside: dict[str, Any]) -> dict[str, Any]:
    """Numbers are text there, and a NUL or half a character cannot be said."""
    return {
        key: value if isinstance(value, dict | list) else NOT_XML.sub("", str(value))
        for key, value in inside.items()
    }


def _mend(text: str) -> str:
    """Keep a person's "]]>" from ending its section early, which would let them write elements of their own."""
    for name in SPOKEN:
        opening, closing = f"<{name}><![CDATA[", f"]]></{name}>"
        start = text.find(opening)
        end = text.rfind(closing)
        if 0 <= start < end:
            start += len(opening)
            text = text[:start] + escape_cdata(text[start:end]) + text[end:]
    return text


def escape_cdata(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>") if "]]>" in text else text


def _nested(element: Element, depth: int) -> Any:
    """Text, or a dict of what is inside; a list where one name stands several times."""
    if len(element) == 0:
        return element.text or ""
    if depth > DEEPEST:
        raise Unreadable("nested deeper than any push")
    inside: dict[str, Any] = {}
    for child in element:
        value = _nested(child, depth + 1)
        if child.tag not in inside:
            inside[child.tag] = value
        elif isinstance(inside[child.tag], list):
            inside[child.tag].append(value)
        else:
            inside[child.tag] = [inside[child.tag], value]
    return inside
