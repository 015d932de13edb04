"""Passwords: what is acceptable, and their argon2id hashes. Slow by design, so call it outside a transaction."""

from functools import cache
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Invalid

SHORTEST = 10
LONGEST = 200  # hashing is work that a stranger could ask for

PasswordHash = NewType("PasswordHash", str)

_hasher = PasswordHasher()


def hash_password(password: str) -> PasswordHash:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"密码要有 {SHORTEST} 到 {LONGEST} 个字符。")
    if len(set(password)) < 4:
        raise Invalid("这个密码太容易猜到了，请换一个。")
    return PasswordHash(_hasher.hash(password))


def matches(password: str, expected: str | None) -> bool:
    """Whether `password` is the one. An unknown account (None) takes as long as a known one."""
    try:
        return _hasher.verify(expected or _nobody(), password[: LONGEST + 1]) and expected is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash("nobody's password")
