"""What a channel is: it sends, and tells what came of it."""

from datetime import timedelta
from typing import Protocol

from app.outbox.outcomes import Message, Outcome, Refused, TryLater
from app.settings import AccountKind
from app.wechat.errors import CallFailed, Misconfigured, PlatformError, Reaction

UNRECOGNISED = "微信不认系统的令牌，换了新的也不认"


class Channel(Protocol):
    """`key_life`: how long the platform knows a repeated message by its key; zero where it has no keys.

    `needs_window`: only people who have just written or acted can be reached. `kinds` of accounts that may use it.
    """

    name: str
    title: str
    key_life: timedelta
    needs_window: bool
    kinds: frozenset[AccountKind]

    async def send(self, message: Message) -> Outcome:
        """Send once. Never waits for another try and never touches the database."""


def refusal(error: CallFailed) -> TryLater | Refused:
    """The outcome of a call that surely did nothing."""
    if not isinstance(error, PlatformError):
        return TryLater(Reaction.RETRY, error.message)
    if error.reaction is Reaction.RECIPIENT:
        return Refused(error.message, error.errcode)
    dead = error.reaction is Reaction.REFRESH and not isinstance(error, Misconfigured)
    return TryLater(error.reaction, UNRECOGNISED if dead else error.message, error.errcode)
