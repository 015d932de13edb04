"""A phone number as it may be shown to those who need not call it. Pure."""


def masked(phone: str) -> str:
    """Of a mobile the first three and the last two digits, of others less; the length stays."""
    head, tail = (3, 2) if len(phone) >= 11 else (2, 2) if len(phone) >= 7 else (0, 1)
    return phone[:head] + "*" * (len(phone) - head - tail) + phone[-tail:]
