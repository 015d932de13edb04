"""How far a broadcast is and why it stands still, for its page, the script on it, and the list of broadcasts."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.broadcasts import job_tags, queries
from app.broadcasts.rules import STATE_TITLES
from app.broadcasts.waiting import Watch
from app.installation import Installation
from app.outbox.rules import QuietHours
from models import Broadcast
from models.enums import DeliveryState

DAYS: Mapping[int, str] = MappingProxyType({0: "今天", 1: "明天"})
MESSAGE_TITLES: Mapping[DeliveryState, str] = MappingProxyType(
    {
        DeliveryState.SENT: "已发出",
        DeliveryState.PENDING: "等着发",
        DeliveryState.SENDING: "正在发",
        DeliveryState.FAILED: "没发成",
        DeliveryState.UNKNOWN: "说不准",
        DeliveryState.SKIPPED: "没有发",
    }
)


class Stand(NamedTuple):
    """What state it is in, why nothing goes out (a whole sentence, or nothing), and when it goes on."""

    state: str
    sentence: str
    until: datetime | None
    is_missed: bool


def stand_of(session: Session, here: Installation, broadcast: Broadcast) -> Stand:
    zone, now = here.settings.zone, here.clock.now()
    waiting = Watch(QuietHours.of(here.settings), here.clock).waiting(session, broadcast)
    state = STATE_TITLES[broadcast.state]
    if waiting is None:
        return Stand(state, "", None, False)
    if waiting.until is None:
        return Stand("错过了" if waiting.is_missed else state, f"{waiting.told}。", None, waiting.is_missed)
    until, then = waiting.until.astimezone(zone), "接着发" if broadcast.begun_at else "开始发"
    return Stand(state, f"{waiting.told}，{by_the_day(until, now.astimezone(zone))} 自动{then}。", until, False)


def progress_of(session: Session, here: Installation, broadcast: Broadcast) -> dict[str, Any]:
    """How far it is, as its page shows it and the script there asks for again and again."""
    by_state = queries.progress(session, [broadcast.id])[broadcast.id].by_state
    stand = stand_of(session, here, broadcast)
    return {
        "state": broadcast.state.value,
        "told": stand.state,
        "missed": stand.is_missed,
        "standing": stand.sentence,
        "tag": job_tags.told(session, broadcast.id),
        "goes_on_at": stand.until.isoformat() if stand.until else None,
        "total": sum(by_state.values()),
        "messages": {state.value: by_state.get(state, 0) for state in MESSAGE_TITLES},
        "reasons": [
            {"title": MESSAGE_TITLES[state], "counts": queries.reasons(session, broadcast.id, state)}
            for state in (DeliveryState.FAILED, DeliveryState.SKIPPED)
            if by_state.get(state)
        ],
    }


def by_the_day(at: datetime, now: datetime) -> str:
    """As people say it of the days to come; both in the office's zone."""
    days = (at.date() - now.date()).days
    if days in DAYS:
        return f"{DAYS[days]} {at:%H:%M}"
    year = f"{at.year}年" if at.year != now.year else ""
    return f"{year}{at.month}月{at.day}日 {at:%H:%M}"
