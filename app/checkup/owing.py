"""Checks of what is to be done by itself: who does it, and what waits for it or for a person."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from app.broadcasts import queries as broadcasts
from app.checkup.findings import Finding, fine, note, wrong
from app.clock import Clock
from app.outbox import heartbeats, standing
from models.enums import BroadcastState

LATE, TOO_LATE = timedelta(minutes=10), timedelta(hours=1)
WHERE = "在控制台的“推送”里"


def check(session: Session, clock: Clock) -> Iterator[Finding]:
    yield check_background(session, clock)
    yield check_waiting(session, clock)
    yield check_doubts(session)
    yield check_broadcasts(session)


def check_background(session: Session, clock: Clock) -> Finding:
    mend = "请启动 shishi serve（不带 --no-background）或 shishi worker，并让系统开机自动启动它。"
    alive, last = heartbeats.alive(session, clock.wall()), heartbeats.last_seen(session)
    if alive:
        return fine("后台工作", f"有 {alive} 个进程在做")
    said = "从来没有进程做过" if last is None else f"已经停了 {_long(clock.wall() - last)}"
    return wrong("后台工作", f"{said}：消息不会发出，定时的事不会办", mend)


def check_waiting(session: Session, clock: Clock) -> Finding:
    oldest = standing.oldest_due(session, clock.now())
    age = clock.now() - oldest if oldest else timedelta(0)
    if age <= LATE:
        return fine("待发消息", "没有积压")
    said = f"最早的一条该发没发，已经 {_long(age)}"
    mend = "请先看上面“后台工作”和“微信平台”两项；都正常的话，请看服务的日志里 not delivered 的几行。"
    return wrong("待发消息", said, mend) if age > TOO_LATE else note("待发消息", said, mend)


def check_doubts(session: Session) -> Finding:
    doubtful = standing.in_doubt(session)
    if not doubtful:
        return fine("不明消息", "没有")
    said = f"{doubtful} 条推送不知道对方收到没有"
    return note("不明消息", said, f"请{WHERE}打开那一条，逐条决定：算已发、算失败，还是再发一次。")


def check_broadcasts(session: Session) -> Finding:
    paused = broadcasts.by_state(session).get(BroadcastState.PAUSED, 0)
    if paused:
        return note("推送", f"{paused} 条停着，不会自己继续", f"请{WHERE}看停下的原因，再点“继续”或“取消”。")
    return fine("推送", "没有停着的")


def _long(span: timedelta) -> str:
    if span >= timedelta(days=2):
        return f"{span.days} 天"
    hours = span / timedelta(hours=1)
    return f"{hours:.0f} 小时" if hours >= 2 else f"{span / timedelta(minutes=1):.0f} 分钟"
