"""Passwords: what is acceptable, and their argon2id hashes. Slow by design, so call it outside a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Invalid, ShishiError

SHORTEST = 10
LONGEST = 200  # hashing is work that a stranger could ask for
AT_ONCE, WAITING = 2, 8  # each takes 64 MiB and a third of a second

PasswordHash = NewType("PasswordHash", str)

_hasher = PasswordHasher()
_hashing, _line = BoundedSemaphore(AT_ONCE), BoundedSemaphore(AT_ONCE + WAITING)


class Crowded(ShishiError):
    """So many sign in at once that one more would keep everybody waiting."""

    status = 503
    code = "crowded"


def hash_password(password: str) -> PasswordHash:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"密码要有 {SHORTEST} 到 {LONGEST} 个字符。")
    if len(set(password)) < 4:
        raise Invalid("这个密码太容易猜到了，请换一个。")
    with _turn():
        return PasswordHash(_hasher.hash(password))


def matches(password: str, expected: str | None) -> bool:
    """Whether `password` is the one. An unknown account (None) takes as long as a known one. Raises Crowded."""
    with _turn():
        try:
            return _hasher.verify(expected or _nobody(), password[: LONGEST + 1]) and expected is not None
        except (VerificationError, InvalidHashError):
            return False


@contextmanager
def _turn() -> Iterator[None]:
    if not _line.acquire(blocking=False):
        raise Crowded("现在登录的人太多，请过几秒钟再试。")
    try:
        with _hashing:
            yield
    finally:
        _line.release()


@cache
def _nobody() -> str:
    return _hasher.hash("nobody's password")
