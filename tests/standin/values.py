"""What a field of a template may hold: the prefix of its name decides. Pure."""

import re

from tests.standin.errors import Refused
from tests.standin.stores import Template

_DATE = r"\d{4}(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?"
_DAY = rf"{_DATE}(?: ?{_TIME})?"
_MOMENT = rf"(?:{_DAY}|{_TIME})"
_NAME = r"[一-鿿·]"

RULES = {
    "thing": r"(?s).{1,20}",
    "number": r"(?=.{1,32}$)\d+(?:\.\d+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": rf"{_MOMENT}(?: ?~ ?{_MOMENT})?",
    "date": rf"{_DAY}(?: ?~ ?{_DAY})?",
    "amount": r"[¥￥$€£]?\d{1,10}(?:\.\d+)?元?",
    "phone_number": r"[\d+\-() ]{1,17}",
    "car_number": r"[\w·]{1,8}",
    "name": rf"(?:{_NAME}{{1,10}}|[A-Za-z .·]{{1,20}})",
    "phrase": r"[一-鿿]{1,5}",
}
FIELD = re.compile(r"([a-z_]+?)_?\d+")


def check(template: Template, data: object) -> dict[str, str]:
    """The values by field; raises 47003 at the first that is empty or breaks its rule."""
    given = data if isinstance(data, dict) else {}
    return {field: _checked(field, given.get(field)) for field in template.fields}


def _checked(field: str, part: object) -> str:
    value = part.get("value") if isinstance(part, dict) else None
    if not isinstance(value, str) or not value:
        raise Refused(47003, f"data.{field}.value is empty")
    if not re.fullmatch(_rule(field), value):
        raise Refused(47003, f"data.{field}.value is invalid")
    return value


def _rule(field: str) -> str:
    """A field such as keyword1 or remark, of the time before prefixes, may hold anything."""
    found = FIELD.fullmatch(field)
    return RULES.get(found[1] if found else "", r"(?s).+")
