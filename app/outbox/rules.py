"""What becomes of a message we owe: whether it may go now, what follows an outcome, when it is given up. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.errors import Invalid
from app.outbox.outcomes import Accepted, Lost, Outcome, Refused, TryLater
from app.settings import Settings
from app.wechat.errors import PAUSES, Reaction
from models.enums import DeliveryState


class Kind(StrEnum):
    """Why we write. An answer is owed to somebody who has just written, and knows no quiet hours."""

    ANSWER = "answer"
    DECISION = "decision"
    REMINDER = "reminder"
    NOTICE = "notice"


TEXT_LIMIT = 2000  # bytes of UTF-8; the platform refuses more than 2048

LEASE = timedelta(minutes=5)  # longer than any call with all its repeats
LIFE = timedelta(days=7)  # so long we try, where nothing else is said
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=5), timedelta(hours=1)
REST_AFTER_STOP = timedelta(minutes=1)  # before a channel that somebody has to mend is tried with another message

BEIJING = ZoneInfo("Asia/Shanghai")  # where the platform's days begin

EXPIRED = "过了有效时间，没有发出。"
WINDOW_SHUT = "对方最近没有来信，暂时不能主动发送；下次来信时会看到。"
INTERRUPTED = "发送途中程序中断，不知道对方是否收到。"


class TextTooLong(Invalid):
    code = "text_too_long"


@dataclass(frozen=True)
class Wait:
    until: datetime


@dataclass(frozen=True)
class Skip:
    """Not sent; the text is kept for the person's next contact."""

    reason: str


@dataclass(frozen=True)
class Next:
    """The state after an attempt; `due_at` only when it is pending again."""

    state: DeliveryState
    due_at: datetime | None = None
    reason: str | None = None
    errcode: int | None = None
    platform_id: str | None = None


@dataclass(frozen=True)
class QuietHours:
    """From `begin` to `end` by the clock of `zone`, over midnight when `end` is the earlier one."""

    begin: time
    end: time
    zone: tzinfo

    @classmethod
    def of(cls, settings: Settings) -> "QuietHours | None":
        quiet = settings.push.quiet
        return cls(*quiet, settings.zone) if quiet else None

    def end_after(self, now: datetime) -> datetime | None:
        """When the quiet that holds at `now` ends; None when there is none."""
        local = now.astimezone(self.zone)
        if not self._holds_at(local.time()):
            return None
        ends = datetime.combine(local.date(), self.end, self.zone)
        return ends if ends > local else ends + timedelta(days=1)

    def _holds_at(self, moment: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end


def check_text(text: str) -> None:
    """Raises TextTooLong; an empty text is a mistake of ours."""
    if not text:
        raise ValueError("a message without words")
    if len(text.encode()) > TEXT_LIMIT:
        raise TextTooLong("这段文字太长，微信一次发不出去，请缩短后再试。")


def expires(created_at: datetime, expires_at: datetime | None) -> datetime:
    return expires_at or created_at + LIFE


def obstacle(
    kind: Kind, ends_at: datetime, reachable: bool, now: datetime, quiet: QuietHours | None
) -> Wait | Skip | None:
    """What keeps a due message from going out at `now`, if anything."""
    if now >= ends_at:
        return Skip(EXPIRED)
    morning = quiet.end_after(now) if quiet and kind is not Kind.ANSWER else None
    if morning:
        return Wait(morning)
    return None if reachable else Skip(WINDOW_SHUT)


def after(outcome: Outcome, attempts: int, now: datetime) -> Next:
    """`attempts` counts the one just made."""
    match outcome:
        case Accepted(platform_id):
            return Next(DeliveryState.SENT, platform_id=platform_id)
        case Refused(reason, errcode):
            return Next(DeliveryState.FAILED, reason=reason, errcode=errcode)
        case Lost(reason):
            return Next(DeliveryState.UNKNOWN, reason=reason)
        case TryLater(reaction, reason, errcode):
            due_at = rest(outcome, now) if reaction is Reaction.QUOTA else None
            return Next(DeliveryState.PENDING, due_at or now + back_off(attempts), reason, errcode)


def back_off(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s, … up to an hour."""
    doublings = min(max(attempts - 1, 0), 16)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def rest(outcome: Outcome, now: datetime) -> datetime | None:
    """Until when a whole channel is left alone after this outcome; None: it goes on."""
    if not isinstance(outcome, TryLater):
        return None
    if outcome.reaction is Reaction.QUOTA:
        return next_midnight(now)
    if outcome.reaction is Reaction.STOP:
        return now + REST_AFTER_STOP
    pause = PAUSES.get(outcome.errcode or 0)
    return now + timedelta(seconds=pause) if pause else None


def next_midnight(now: datetime) -> datetime:
    """When the platform counts anew."""
    tomorrow = now.astimezone(BEIJING).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), BEIJING)


def after_lost_lease(lease_until: datetime, key_life: timedelta, now: datetime) -> DeliveryState:
    """Whoever was sending it died: it may be sent again only while the platform still knows its key."""
    claimed_at = lease_until - LEASE
    return DeliveryState.PENDING if now < claimed_at + key_life else DeliveryState.UNKNOWN
