"""What an outcome means for a message of a broadcast, and for the broadcast. Pure."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Protocol

from app.outbox import rules
from app.outbox.outcomes import Accepted, Lost, Outcome, Refused, TryLater
from app.outbox.rules import BEIJING
from app.settings import AccountKind
from app.wechat.errors import Reaction
from models.enums import DeliveryState

TRIES = 5  # of one message that is not answered
BUSY_TRIES = 10  # of one that the platform says it is too busy for, with longer rests in between
MARGIN = timedelta(minutes=1)  # before the platform forgets a key we do not trust it any more
FEWEST, LAST = 20, 200  # outcomes before a share of failures means anything, and of how many it is taken
TOO_MANY = 0.3
MASS_USED_UP = 45028
FAILING = "失败的太多，已自动暂停；请看看原因，再决定继续还是取消"
GIVING_UP = "停下 {rests} 次再试，还是发不出去（{reason}），已自动暂停；请管理员看看，弄好以后再点“继续”"
GAVE_UP = "试了多次，平台一直忙或不回应"


class Tried(Protocol):
    attempts: int
    tried_at: datetime | None


@dataclass(frozen=True)
class Ended:
    """What a finishing event has said."""

    succeeded: bool
    told: str


@dataclass(frozen=True)
class Stop:
    """`goes_on_at`: when it goes on by itself; None where a person has to look."""

    reason: str
    goes_on_at: datetime | None


def surely(key_life: timedelta) -> timedelta:
    """How long after the first try a key may be trusted."""
    return max(timedelta(0), key_life - MARGIN)


def row(
    delivery_id: int,
    outcome: Outcome,
    tried: Tried,
    is_first: bool,
    key_life: timedelta,
    ended: Mapping[str, Ended],
    now: datetime,
    wall: datetime,
) -> dict[str, Any]:
    """The columns of the ledger after an attempt; `is_first`: before it the platform had never heard the key."""
    platform_id: str | None = None
    errcode: int | None = None
    error: str | None = None
    match outcome:
        case Accepted():
            platform_id = outcome.platform_id
            state = DeliveryState.SENT
            end = ended.get(platform_id or "")
            if end is not None and not end.succeeded:
                state, error = DeliveryState.FAILED, end.told
        case Refused():
            state, error, errcode = DeliveryState.FAILED, outcome.reason, outcome.errcode
        case Lost():
            error = outcome.reason
            safe = tried.tried_at is not None and wall < tried.tried_at + surely(key_life)
            state = DeliveryState.PENDING if safe and tried.attempts < TRIES else DeliveryState.UNKNOWN
        case TryLater():
            busy = outcome.reaction is Reaction.RETRY and outcome.errcode is not None
            spent = busy and tried.attempts >= BUSY_TRIES
            state = DeliveryState.FAILED if spent else DeliveryState.PENDING
            error, errcode = GAVE_UP if spent else outcome.reason, outcome.errcode
    pending = state is DeliveryState.PENDING
    surely_not_out = pending and is_first and isinstance(outcome, TryLater)
    return {
        "row": delivery_id,
        "state": state,
        "platform_id": platform_id,
        "errcode": errcode,
        "error": error,
        "finished_at": None if pending else now,
        "attempts": tried.attempts - _says_nothing_against(outcome),
        "tried_at": None if surely_not_out else tried.tried_at,
    }


def _says_nothing_against(outcome: Outcome) -> bool:
    """The message itself: the platform was not reached, or did not know who we are."""
    return isinstance(outcome, TryLater) and (outcome.errcode is None or outcome.reaction is Reaction.REFRESH)


def stop(
    outcomes: Sequence[Outcome],
    channel: str,
    account: AccountKind,
    rests: int,
    now: datetime,
    most_rests: int = 0,
) -> Stop | None:
    """The gravest of what these outcomes say of all that is still to be sent.

    Where some were accepted, a busy answer is only a message's own matter. `rests`: how many there were before
    without anything accepted; each is longer, and after `most_rests` a person has to look (0: never).
    """
    later = [outcome for outcome in outcomes if isinstance(outcome, TryLater)]
    for outcome in later:
        if outcome.reaction is Reaction.STOP:
            return Stop(outcome.reason, None)
    for outcome in later:
        if outcome.reaction is Reaction.QUOTA:
            return Stop(outcome.reason, _period_after(outcome, channel, account, now))
    pauses = [pause for outcome in later if (pause := rules.rest(outcome, now))]
    if pauses:
        return Stop(later[0].reason, max(pauses))
    if not later or any(isinstance(outcome, Accepted) for outcome in outcomes):
        return None
    if most_rests and rests >= most_rests:
        return Stop(GIVING_UP.format(rests=rests, reason=later[0].reason.rstrip("。")), None)
    return Stop(later[0].reason, now + rules.back_off(rests + 1))


def _period_after(outcome: TryLater, channel: str, account: AccountKind, now: datetime) -> datetime:
    """The day's allowance is new at midnight; a service account's of mass messages on the first of the month."""
    by_month = channel == "mass" and account is AccountKind.SERVICE
    if outcome.errcode != MASS_USED_UP or not by_month:
        return rules.next_midnight(now)
    local = now.astimezone(BEIJING)
    following = (local.replace(day=1) + timedelta(days=32)).date().replace(day=1)
    return datetime.combine(following, time(), BEIJING)


class Share:
    """How many of the last outcomes, since it was last let go, were failures."""

    def __init__(self) -> None:
        self._failed: deque[bool] = deque(maxlen=LAST)

    def count(self, outcomes: Sequence[Outcome]) -> None:
        self._failed.extend(isinstance(one, Refused | Lost) for one in outcomes)

    @property
    def is_too_high(self) -> bool:
        return len(self._failed) >= FEWEST and sum(self._failed) >= len(self._failed) * TOO_MANY
