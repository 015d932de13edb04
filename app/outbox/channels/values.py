"""What the fields of a template may hold, by their names, words that sound like marketing, articles as text. Pure.

The rules of /doc/service/guide/…/订阅通知 (参数值内容限制): a field is called by its rule and a number, as thing1.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

FIELD = re.compile(r"([a-z_]+?)_?[0-9]+")  # names of the time before these rules have no number

_DAY = r"[0-9]{4}(?:年[0-9]{1,2}月[0-9]{1,2}日|[-/.][0-9]{1,2}[-/.][0-9]{1,2})"
_HOUR = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_DATE = rf"{_DAY}(?: ?{_HOUR})?"
_TIME = rf"(?:{_DATE}|{_HOUR})"
_HAN = r"[\u3400-\u9fff·]"


class Rule(NamedTuple):
    """What a value must match as a whole, and how that is said."""

    pattern: re.Pattern[str]
    told: str


def _rule(pattern: str, told: str) -> Rule:
    return Rule(re.compile(pattern, re.DOTALL), told)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "thing": _rule(r".{1,20}", "20 个字以内"),
        "number": _rule(r"(?=.{1,32}\Z)[0-9]+(?:\.[0-9]+)?", "32 位以内的数字"),
        "letter": _rule(r"[A-Za-z]{1,32}", "32 个以内的字母"),
        "symbol": _rule(r"[^\w\s]{1,5}", "5 个以内的符号"),
        "character_string": _rule(r"[!-~ ]{1,32}", "32 个以内的数字、字母或符号"),
        "time": _rule(rf"{_TIME}(?: ?~ ?{_TIME})?", "时间，例如 2018年3月1日 09:00，一段时间中间用 ~"),
        "date": _rule(rf"{_DATE}(?: ?~ ?{_DATE})?", "日期，例如 2018年3月1日，一段日期中间用 ~"),
        "amount": _rule(
            r"[¥￥$€£]?[0-9]{1,10}(?:\.[0-9]+)?元?", "10 位以内的数字，前面可以有一个货币符号，例如 ¥100.00"
        ),
        "phone_number": _rule(r"[0-9+\-() ]{1,17}", "17 位以内的号码"),
        "car_number": _rule(
            r"[\u4e00-\u9fffA-Za-z0-9](?:[A-Za-z0-9·]{0,6}[\u4e00-\u9fffA-Za-z0-9])?", "8 位以内的车牌"
        ),
        "name": _rule(rf"{_HAN}{{1,10}}|[A-Za-z .·]{{1,20}}", "10 个汉字或 20 个字母以内"),
        "phrase": _rule(r"[\u3400-\u9fff]{1,5}", "5 个汉字以内"),
        "const": _rule(r".{1,20}", "20 个字以内"),
    }
)
MARKETING = ("优惠", "促销", "打折", "特价", "抢购", "秒杀", "红包", "免费领", "领取礼", "中奖", "抽奖")


def problems(data: Mapping[str, str]) -> list[str]:
    """A sentence for each field that the platform would refuse (47003). Fields of other names are left to it."""
    return [sentence for field, value in data.items() if (sentence := _problem(field, value))]


def marketing_words(text: str) -> list[str]:
    """Those of a message that the platform may take for advertising (40249)."""
    return [word for word in MARKETING if word in text]


def article_text(article: Mapping[str, str]) -> str:
    """An article without a cover picture goes as a text: its title, digest and link, a line each."""
    return "\n".join(article[name] for name in ("title", "digest", "url") if article.get(name))


def _problem(field: str, value: str) -> str:
    if not value.strip():
        return f"{field} 是空的，请写上。"
    named = FIELD.fullmatch(field)
    rule = RULES.get(named[1]) if named else None
    if rule is None or rule.pattern.fullmatch(value):
        return ""
    return f"{field} 要写成{rule.told}。"
