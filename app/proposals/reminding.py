"""Who has a proposal half written hears of it before collecting ends, once, while we may still write to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, and_, cast, exists, literal, select
from sqlalchemy.orm import Session

from app.campaigns import queries
from app.campaigns.dates import until
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.followers.windows import Windows
from app.outbox import service as outbox
from app.outbox.rules import Kind, QuietHours
from app.settings import Settings
from app.wechat.speech import tap
from models import Delivery, Draft, Follower
from models.enums import PhaseKind

AT_REST = timedelta(hours=1)  # since the last word: whoever is writing needs no reminder
SLICE = 500
KEY = "draft-reminder-"  # before the draft's id: each is reminded of once


@dataclass(frozen=True)
class Reminders:
    """`before`: how long before the end of collecting; zero reminds nobody."""

    windows: Windows
    before: timedelta
    quiet: QuietHours | None
    zone: ZoneInfo
    clock: Clock

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> "Reminders":
        before = timedelta(hours=settings.chat.remind_hours)
        return cls(Windows.of(settings.wechat), before, QuietHours.of(settings), settings.zone, clock)

    def owe(self, session: Session) -> int:
        """How many are reminded. At night none is owed: by morning it might be handed in."""
        if self.quiet and self.quiet.end_after(self.clock.now()):
            return 0
        return sum(self._owe(session, campaign) for campaign in queries.everyone(session, self.clock))

    def _owe(self, session: Session, campaign: CampaignView) -> int:
        ends_at, now = campaign.collecting_closed_at, self.clock.now()
        if campaign.phase is not PhaseKind.COLLECTING or ends_at is None:
            return 0
        if not ends_at - self.before <= now < ends_at:
            return 0
        reachable = and_(Follower.subscribed, self.windows.are_reachable(now))
        unfinished = (
            select(Draft.id, Follower.openid)
            .join(Follower, Follower.id == Draft.follower_id)
            .where(_is_left_alone(campaign.id, now), reachable, ~_reminded())
            .order_by(Draft.id)
            .limit(SLICE)
        )
        text = _text(ends_at, self.zone)
        owed = [outbox.Owed(f"{KEY}{row.id}", row.openid, text) for row in session.execute(unfinished)]
        about = f"campaign:{campaign.id}"
        outbox.enqueue_all(session, owed, kind=Kind.REMINDER, about=about, due_at=now, expires_at=ends_at)
        return len(owed)


def _is_left_alone(campaign_id: int, now: datetime) -> ColumnElement[bool]:
    """Begun, not put aside, and nothing written for a while. What amends a proposal is handed in already."""
    begun = and_(Draft.campaign_id == campaign_id, Draft.shelved.is_(False), Draft.proposal_id.is_(None))
    return and_(begun, Draft.touched_at > Draft.begun_at, Draft.touched_at < now - AT_REST)


def _reminded() -> ColumnElement[bool]:
    return exists(select(1).where(Delivery.key == literal(KEY) + cast(Draft.id, String)))


def _text(ends_at: datetime, zone: ZoneInfo) -> str:
    return (
        f"您有一份提案还没写完，写过的都存着。征集{until(ends_at, zone)}截止，"
        f"回复 {tap('继续')} 接着写，写完记得提交。"
    )
