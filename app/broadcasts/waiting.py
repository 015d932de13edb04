"""Why a broadcast stands still at this moment and when it goes on, told live, by the rules of the driver."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.broadcasts.moments import Moment, MomentMissed, Now
from app.broadcasts.rules import UNDER_WAY
from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.campaigns.rules import PHASE_TITLES, window
from app.clock import Clock
from app.outbox.rules import QuietHours
from models import Broadcast, Delivery
from models.enums import BroadcastState, DeliveryState, PhaseKind

NIGHT = "夜里不打扰职工"
APPROVAL = "等另一位负责审批的同事放行"
NOT_YET = "还没有到定的时间"
PHASE = "等“{title}”阶段开始"
ANOTHER_FIRST = "前面还有一条推送正在发，发完就轮到它"
ABANDONED = "发送的进程没有回应，等别的进程接手"
QUEUEING = "没发成的正在一批一批重新排上，排好就接着发"
ENDING = "没发出去的正在一批一批收尾"
MISSED = "错过了：{why}，不会再发。请退回修改、重新提交，或者取消"


@dataclass(frozen=True)
class Waiting:
    """`told`: why, a sentence without its stop. `until`: when it goes on by itself, where that is known."""

    told: str
    until: datetime | None = None
    is_missed: bool = False  # although it was released


@dataclass(frozen=True)
class Watch:
    """`quiet`: the hours in which nothing of a broadcast goes out."""

    quiet: QuietHours | None
    clock: Clock

    def waiting(self, session: Session, broadcast: Broadcast) -> Waiting | None:
        """None while it is being sent, or is done."""
        match broadcast.state:
            case BroadcastState.DRAFT:
                why = missed(session, broadcast, self.clock)
                return Waiting(f"{why}，请改好什么时候发，再提交") if why else None
            case BroadcastState.SUBMITTED:
                why = missed(session, broadcast, self.clock)
                return Waiting(f"{why}，请退回修改") if why else Waiting(APPROVAL)
            case BroadcastState.SCHEDULED | BroadcastState.SENDING | BroadcastState.PAUSED:
                return self._released(session, broadcast)
            case BroadcastState.CANCELLED:
                left = Delivery.broadcast_id == broadcast.id, Delivery.state == DeliveryState.PENDING
                is_left = session.scalar(select(Delivery.id).where(*left).limit(1)) is not None
                return Waiting(ENDING) if is_left else None
            case BroadcastState.DONE:
                return None

    def _released(self, session: Session, broadcast: Broadcast) -> Waiting | None:
        if why := missed(session, broadcast, self.clock):
            return Waiting(MISSED.format(why=why), is_missed=True)
        if broadcast.state is BroadcastState.PAUSED:
            return Waiting((broadcast.stopped_for or "").rstrip("。"))
        if broadcast.retry_asked_at:
            return Waiting(QUEUEING)
        now, wall = self.clock.now(), self.clock.wall()
        if broadcast.goes_on_at and broadcast.goes_on_at > now:
            return Waiting((broadcast.stopped_for or "").rstrip("。"), self._by_day(broadcast.goes_on_at))
        if broadcast.begun_at is None and (waiting := self._moment(session, broadcast)):
            return waiting
        if self.quiet and (morning := self.quiet.end_after(now)):
            return Waiting(NIGHT, morning)
        if broadcast.lease_until and broadcast.lease_until > wall:
            return None
        if _is_another_under_way(session, broadcast, wall):
            return Waiting(ANOTHER_FIRST)
        return Waiting(ABANDONED) if broadcast.lease_until else None

    def _moment(self, session: Session, broadcast: Broadcast) -> Waiting | None:
        campaign = campaigns.by_id(session, broadcast.campaign_id, self.clock)
        moment, now = moment_of(broadcast), now_of(campaign, broadcast.on_phase, self.clock)
        if not moment.has_to_wait(now):
            return None
        if moment.phase is None or moment.phase is now.phase:
            return Waiting(NOT_YET, moment.at and self._by_day(moment.at))
        told = PHASE.format(title=PHASE_TITLES[moment.phase])
        opens_at = window(campaign.definition.phases, moment.phase).opens_at
        if campaign.phase_by_hand or opens_at is None:
            return Waiting(told)
        return Waiting(told, self._by_day(max(opens_at, moment.at or opens_at)))

    def _by_day(self, at: datetime) -> datetime:
        """Then, or when the quiet ends that holds then."""
        return (self.quiet.end_after(at) if self.quiet else None) or at


def moment_of(broadcast: Broadcast) -> Moment:
    return Moment(broadcast.scheduled_at, broadcast.on_phase)


def now_of(campaign: CampaignView, phase: PhaseKind | None, clock: Clock) -> Now:
    by_calendar = phase is not None and phase is not PhaseKind.UPCOMING and not campaign.phase_by_hand
    ends_at = window(campaign.definition.phases, phase).closes_at if phase and by_calendar else None
    return Now(clock.now(), campaign.phase, ends_at)


def has_to_wait(session: Session, broadcast: Broadcast, clock: Clock) -> bool:
    """Whether what was released may not begin yet."""
    campaign = campaigns.by_id(session, broadcast.campaign_id, clock)
    return moment_of(broadcast).has_to_wait(now_of(campaign, broadcast.on_phase, clock))


def missed(session: Session, broadcast: Broadcast, clock: Clock) -> str:
    """Why its moment will never come, as half a sentence; empty while it may, and of what has begun."""
    if broadcast.begun_at is not None or (broadcast.scheduled_at is None and broadcast.on_phase is None):
        return ""
    campaign = campaigns.by_id(session, broadcast.campaign_id, clock)
    now = now_of(campaign, broadcast.on_phase, clock)
    return moment_of(broadcast).missed(now, is_released=broadcast.released_at is not None)


def refuse_missed(session: Session, broadcast: Broadcast, clock: Clock, way_out: str) -> None:
    """Raises MomentMissed; `way_out` is what to do about it."""
    if why := missed(session, broadcast, clock):
        raise MomentMissed(f"{why}，{way_out}。")


def _is_another_under_way(session: Session, broadcast: Broadcast, wall: datetime) -> bool:
    others = Broadcast.id != broadcast.id, Broadcast.state.in_(UNDER_WAY), Broadcast.lease_until > wall
    return session.scalar(select(Broadcast.id).where(*others).limit(1)) is not None
