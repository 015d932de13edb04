"""Numbers of proposals: SS2018-0001, and the ways people write them. Pure."""

import re

from app.conversation.parsers import compact

WRITTEN = re.compile(r"^(ss)?(20\d{2})([-—–_]?)(\d{1,6})$")
SHORT = re.compile(r"^(?:no\.?|第)?(\d{1,6})号?$")


def make(year: int, running: int) -> str:
    return f"SS{year}-{running:04d}"


def parse(said: str, year: int) -> str | None:
    """The number meant by SS2018-0001, ss2018 1, 2018-0001, 0001 or 第1号; None when it is no number.

    The year may be left out: it is then `year`.
    """
    word = compact(said)
    written = WRITTEN.match(word)
    if written and (written[1] or written[3] or len(word) > 6):
        return make(int(written[2]), int(written[4]))
    short = SHORT.match(word)
    return make(year, int(short[1])) if short else None
