"""Which request something is done for: a word that stands in every line of the log about it.

A proxy gives the word in X-Request-ID, else we make one. It goes with what is handed to the writer, and with an
answer that comes late into the ledger, where `about` reads "request:…"; whoever sends that row takes the word up
again. So one `grep` finds the callback, the row and the calls of the platform. Other messages we owe have many
causes or none: the log names the ledger's row, as `delivery`.
"""

import re
from collections.abc import Iterable
from contextvars import ContextVar
from random import getrandbits

HEADER = b"x-request-id"
# As proxies make them: hexadecimal, with or without the dashes of a UUID. So no person and no text fits in.
WELL_FORMED = re.compile(rb"[0-9a-f]{16,32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
ABOUT = "request:"

request: ContextVar[str] = ContextVar("request", default="")
delivery: ContextVar[int | None] = ContextVar("delivery", default=None)


def begin(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """A request with these headers comes in: what its task does from now on is done for it."""
    for name, value in headers:
        if name == HEADER and WELL_FORMED.fullmatch(value):
            request.set(value.decode())
            return
    request.set(f"{getrandbits(64):016x}")  # no secret: the system's source would let other threads in


def about() -> str | None:
    """What a row of the ledger keeps of the request it was owed in; None outside of any."""
    word = request.get()
    return f"{ABOUT}{word}" if word else None


def take_up(row: int, said_about: str | None) -> None:
    """A row of the ledger is being sent: what its task does from now on is done for it, so it needs its own."""
    is_answer = said_about is not None and said_about.startswith(ABOUT)
    request.set(said_about.removeprefix(ABOUT) if said_about and is_answer else "")
    delivery.set(row)


def told() -> dict[str, str | int]:
    """What a line of the log says of it."""
    found: dict[str, str | int] = {}
    if word := request.get():
        found["request"] = word
    if (row := delivery.get()) is not None:
        found["delivery"] = row
    return found
