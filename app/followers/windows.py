"""When we may write to a person unasked: what they do opens a window, what we send uses it up.

The platform keeps the same books (/doc/service/guide/product/message/ 客服消息) and has the last word.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from app.followers.service import Contact
from app.settings import WeChatSettings
from models import Follower


@dataclass(frozen=True)
class Allowance:
    """So many messages within so long after what the person did."""

    count: int
    span: timedelta

    def covers(self, opened_at: datetime | None, used: int, now: datetime) -> bool:
        return opened_at is not None and now < opened_at + self.span and used < self.count

    def condition(
        self,
        opened_at: InstrumentedAttribute[datetime | None],
        used: InstrumentedAttribute[int],
        now: datetime,
    ) -> ColumnElement[bool]:
        return and_(opened_at > now - self.span, used < self.count)


@dataclass(frozen=True)
class Windows:
    """The account's allowances: after a written message, and the short one after a follow, click or scan."""

    message: Allowance
    action: Allowance

    @classmethod
    def of(cls, settings: WeChatSettings) -> "Windows":
        return cls(
            Allowance(settings.window_message_count, timedelta(hours=settings.window_message_hours)),
            Allowance(settings.window_action_count, timedelta(minutes=settings.window_action_minutes)),
        )

    def reachable(self, follower: Follower, now: datetime) -> bool:
        by_message = self.message.covers(follower.message_window_at, follower.message_window_used, now)
        by_action = self.action.covers(follower.action_window_at, follower.action_window_used, now)
        return follower.subscribed and (by_message or by_action)

    def spend(self, follower: Follower, now: datetime) -> None:
        """Count one message sent, in the window that closes first."""
        if self.action.covers(follower.action_window_at, follower.action_window_used, now):
            follower.action_window_used += 1
        else:
            follower.message_window_used += 1

    def are_reachable(self, now: datetime) -> ColumnElement[bool]:
        """`reachable` as a condition, for counting and choosing followers in the database."""
        by_message = self.message.condition(Follower.message_window_at, Follower.message_window_used, now)
        by_action = self.action.condition(Follower.action_window_at, Follower.action_window_used, now)
        return and_(Follower.subscribed, or_(by_message, by_action))


def open_by_message(follower: Follower | Contact, now: datetime) -> None:
    follower.message_window_at, follower.message_window_used = now, 0


def open_by_action(follower: Follower | Contact, now: datetime) -> None:
    follower.action_window_at, follower.action_window_used = now, 0


def close(follower: Follower) -> None:
    """The platform says that nothing is open, whatever our books say."""
    follower.message_window_at = follower.action_window_at = None
