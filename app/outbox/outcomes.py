"""What a channel is given and what it gives back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.wechat.errors import Reaction


@dataclass(frozen=True)
class Message:
    """One message to one person. `key` is ours and the same at every attempt; `about` as the ledger has it."""

    delivery_id: int
    key: str
    channel: str
    openid: str
    body: dict[str, Any]
    about: str | None = None


@dataclass(frozen=True)
class Job:
    """One message to many: to those of a list (2 to 10 000), to all followers, or to those with a tag.

    `key` is at most 32 bytes. Of the three ranges the widest that is given counts.
    """

    key: str
    body: dict[str, Any]
    openids: Sequence[str] = ()
    to_all: bool = False
    tag_id: int | None = None


@dataclass(frozen=True)
class Accepted:
    """The platform took it; `platform_id` where it gives one."""

    platform_id: str | None = None


@dataclass(frozen=True)
class TryLater:
    """It surely did not go out, and may at another time: `reaction` is retry, refresh, stop or quota."""

    reaction: Reaction
    reason: str
    errcode: int | None = None


@dataclass(frozen=True)
class Refused:
    """It did not go out and never will."""

    reason: str
    errcode: int


@dataclass(frozen=True)
class Lost:
    """It may have gone out or not: no answer came."""

    reason: str


Outcome = Accepted | TryLater | Refused | Lost
