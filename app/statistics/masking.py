"""Numbers in free words by which somebody could be reached or known: taken out. Pure."""

import re

# Telephone, identity card, bank card, chat account. An amount of so many digits is rare, and no loss.
NUMBER = re.compile(r"(?<!\d)(?:\d{3}[-－ ]\d{4}[-－ ]\d{4}|[(（]?\d{3,4}[)）－ -]\s?\d{7,8}|\d{7,18}[xX]?)(?!\d)")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
HIDDEN = "〔号码略〕"


def masked(words: str) -> str:
    return NUMBER.sub(HIDDEN, MAIL.sub("〔邮箱略〕", words))
