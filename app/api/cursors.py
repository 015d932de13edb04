"""Cursors: where the next page begins, opaque, and good only with the filter it was made for."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hmac import compare_digest

from app.crypto import Keyring
from app.errors import Invalid

PURPOSE = "cursor"


class BadCursor(Invalid):
    code = "bad_cursor"


def make(keyring: Keyring, wanted: object, last: int) -> str:
    """The place after the row with id `last`, in the list that `wanted` describes by its repr."""
    seal = keyring.digest(f"{wanted!r} {last}", PURPOSE)
    return urlsafe_b64encode(f"{last}.{seal}".encode()).decode().rstrip("=")


def read(keyring: Keyring, wanted: object, cursor: str | None) -> int:
    """The id that `cursor` stands after; 0, the beginning, without one. Raises BadCursor."""
    if cursor is None:
        return 0
    try:
        last, _, seal = (
            urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode("ascii").partition(".")
        )
    except (Error, ValueError):
        raise _bad() from None
    seals = keyring.digests(f"{wanted!r} {last}", PURPOSE)
    if not any(compare_digest(seal, expected) for expected in seals):
        raise _bad()
    return int(last)


def _bad() -> BadCursor:
    return BadCursor("cursor 不对：请原样使用上一页的 next_cursor，查询条件也不要变。")
