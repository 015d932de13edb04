"""From what stands in a form's field to the value that is kept: texts, telephones, dates. Pure."""

import re
import unicodedata
from datetime import date

from app.conversation.parsers import clean
from app.proposals.intake.paper import LONG

AROUND = " \t\n\r\u3000\xa0_＿"
HINT = re.compile(r"^\s*[（(][^（）()]*(?:可以?从|阐述|见附件|盖章|签[名字])[^（）()]*[）)]\s*[:：]?")
INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
CHINESE = {digit: str(value) for value, digit in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}
NUMERAL = "[0-9〇○零一二三四五六七八九十]"
MONTH_AND_DAY = rf"({NUMERAL}{{1,3}})(?:月|[-/.])({NUMERAL}{{1,3}})[日号]?"
FULL = re.compile(rf"({NUMERAL}{{4}}|[0-9]{{2}})(?:年|[-/.]){MONTH_AND_DAY}")
SHORT = re.compile(MONTH_AND_DAY)
DIGITS = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})")
TIME_OF_DAY = re.compile(r"(?<=[0-9日号])[T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$")
PHONE = re.compile(r"[-+0-9()/、,;转分机#*—–]+")


def kept(field: str, written: str, around: date) -> str | None:
    """What is kept of a field of the form; None where nothing is written."""
    if field in LONG:
        return long_text(written)
    if field == "phone":
        return telephone(written)
    return day(written, around) if field == "date" else short_text(written)


def long_text(written: str) -> str | None:
    """Several lines as they are, without blanks around, hints of the form and lines left empty."""
    said = HINT.sub("", INVISIBLE.sub("", clean(written)).strip(AROUND)).lstrip(":：").strip(AROUND)
    lines = [line.strip(AROUND) for line in said.split("\n")]
    return "\n".join(line for line in lines if line) or None


def short_text(written: str) -> str | None:
    """The same in one line."""
    said = long_text(written)
    return " ".join(said.split()) if said else None


def telephone(written: str) -> str | None:
    """In half-width characters and without blanks, otherwise as written: an extension stays one."""
    said = long_text(written)
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", said)) if said else None


def is_telephone(said: str) -> bool:
    return bool(PHONE.fullmatch(said)) and 7 <= sum(letter.isdigit() for letter in said) <= 40


def day(written: str, around: date) -> str | None:
    """ISO if it can be read, else as written. Without a year it is the one that comes nearest to `around`."""
    said = short_text(written)
    if said is None:
        return None
    plain = TIME_OF_DAY.sub("", unicodedata.normalize("NFKC", said).strip())
    plain = re.sub(r"\s", "", plain).replace("—", "-").replace("–", "-").rstrip(".。")
    if found := FULL.fullmatch(plain) or DIGITS.fullmatch(plain):
        year, month, day_of_month = (_number(part) for part in found.groups())
        return _iso(year if year > 99 else 2000 + year, month, day_of_month) or said
    if found := SHORT.fullmatch(plain):
        month, day_of_month = (_number(part) for part in found.groups())
        years = (_iso(around.year + by, month, day_of_month) for by in (-1, 0, 1))
        near = [one for one in years if one]
        return min(near, key=lambda one: abs(date.fromisoformat(one) - around)) if near else said
    return said


def is_day(said: str) -> bool:
    """Whether a value of `day` was read, in years that a form may come from."""
    return bool(re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", said))


def _number(said: str) -> int:
    """Chinese digits one by one, or counted by tens: 二〇一七, 十二, 二十五, 三十."""
    plain = "".join(CHINESE.get(letter, letter) for letter in said)
    if "十" not in plain:
        return int(plain)
    tens, _, ones = plain.partition("十")
    return int(tens or 1) * 10 + int(ones or 0) if "十" not in ones else 0


def _iso(year: int, month: int, day_of_month: int) -> str | None:
    try:
        return date(year, month, day_of_month).isoformat()
    except ValueError:
        return None
