"""From what a person types to the value that is stored; InvalidAnswer says kindly what is needed. Pure."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from app.conversation.form import InvalidAnswer, Option

# What XML and eyes cannot carry: control characters but for tab and line break, and lone surrogates.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
AROUND = " \t\n\r。．.!！?？~～,，、;；:：…'\"“”‘’「」『』【】[]()（）<>《》"
CHINESE_DIGITS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
LANDLINE = re.compile(r"(0[0-9]{2,3}-?)?[2-9][0-9]{2,3}-?[0-9]{4}((-|转|分机)[0-9]{1,5})?")


def clean(text: str) -> str:
    """The text as it is kept: composed, without unprintable characters, no blanks around."""
    return UNPRINTABLE.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n"))).strip()


def compact(text: str) -> str:
    """The text as words and numbers are compared: half width, lower case, no blanks, no marks around."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).strip(AROUND)).strip(AROUND).casefold()


def whole_number(text: str) -> int | None:
    """A small number written in any way a person may: 3, ３, 三, 第3, 3号, 十二."""
    word = re.sub(r"^第|[个项条号题分]$", "", compact(text))
    if re.fullmatch(r"[0-9]{1,4}", word):
        return int(word)
    if word in CHINESE_DIGITS:
        return CHINESE_DIGITS[word]
    if len(word) == 2 and word[0] == "十" and word[1] in CHINESE_DIGITS:
        return 10 + CHINESE_DIGITS[word[1]]
    return None


def too_long(limit: int, length: int) -> str:
    return f"这里最多写 {limit} 个字，现在有 {length} 个字。请精简一些再发给我。"


def text(least: int, most: int) -> Callable[[str], str]:
    """Free text of `least` to `most` characters."""

    def parse(said: str) -> str:
        kept = clean(said)
        if len(kept) < least:
            raise InvalidAnswer(
                f"写得太短了，请至少写 {least} 个字。" if kept else "还没有收到内容，请写几个字发给我。"
            )
        if len(kept) > most:
            raise InvalidAnswer(too_long(most, len(kept)))
        return kept

    return parse


def choice(options: Sequence[Option]) -> Callable[[str], str]:
    """One of `options`, by number, by title or by one of its words."""
    by_word = {
        compact(word): option.value for option in options for word in (option.title, option.value, *option.words)
    }

    def parse(said: str) -> str:
        word = compact(said)
        if word in by_word:
            return by_word[word]
        numbered = re.match(r"^(\d{1,2})[.、:：\s]*(.*)$", word)
        number = whole_number(said)
        if number is None and numbered and by_word.get(numbered[2]) == _at(options, int(numbered[1])):
            number = int(numbered[1])
        value = _at(options, number)
        if value is None:
            raise InvalidAnswer(_please_choose(options))
        return value

    return parse


def _please_choose(options: Sequence[Option]) -> str:
    if len(options) == 2:
        return f"请回复“{options[0].title}”或“{options[1].title}”，点一下也行。"
    return f"请回复 1 到 {len(options)} 中的一个数字，或直接点选。"


def _at(options: Sequence[Option], number: int | None) -> str | None:
    return options[number - 1].value if number and 1 <= number <= len(options) else None


def person_name(said: str) -> str:
    """A person's name or how they wish to be called: letters of any script, 2 to 20 of them."""
    name = re.sub(r"^(我是|我叫|姓名[:：]?|本人)", "", clean(said).strip(AROUND)).strip(AROUND)
    if not 2 <= len(name) <= 20 or not re.fullmatch(r"[^\W\d_][^\d_]*", name) or "\n" in name:
        raise InvalidAnswer("请写您的姓名（2 到 20 个字），例如：王师傅、李建国。")
    return name


def phone_number(said: str) -> str:
    """A mobile or landline number, digits only. Blanks, dashes, +86, words before and behind are understood."""
    written = re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", clean(said)))
    number = re.sub(r"^[^\d+]+|\D+$", "", re.sub(r"[—–]", "-", written))
    mobile = MOBILE.fullmatch(number.replace("-", ""))
    if mobile:
        return mobile[1]
    if not LANDLINE.fullmatch(number):
        raise InvalidAnswer("这个号码看着不对。请写 11 位手机号或单位座机号；不想留也可以回复“跳过”。")
    return re.sub(r"\D", "", number)
