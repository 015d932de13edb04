"""A card number and a name written in one message, in either order. Pure."""

import re
import unicodedata

BEGINNING = re.compile(r"(?:我?要|会员)?登记")
SEPARATORS = " \t\r\n:：,，、;；。|/"
CARD_THEN_NAME = re.compile(r"(?P<card>.*[0-9][A-Za-z]?)(?P<name>\D+)", re.DOTALL)
NAME_THEN_CARD = re.compile(r"(?P<name>[^0-9A-Za-z]+)(?P<card>[0-9A-Za-z].*)", re.DOTALL)


def is_bare(said: str) -> bool:
    """Only the word."""
    return BEGINNING.fullmatch(_plain(said)) is not None


def understood(said: str) -> tuple[str, str] | None:
    """Card and name of "登记 A001 张三"; None when it is something else that was said."""
    plain = _plain(said)
    begun = BEGINNING.match(plain)
    rest = plain[begun.end() :].strip(SEPARATORS) if begun else ""
    found = NAME_THEN_CARD.fullmatch(rest) or CARD_THEN_NAME.fullmatch(rest)
    if found is None:
        return None
    card, name = found["card"].strip(SEPARATORS), found["name"].strip(SEPARATORS)
    return (card, name) if name else None


def _plain(said: str) -> str:
    return unicodedata.normalize("NFKC", said).strip(SEPARATORS + "“”\"'")
