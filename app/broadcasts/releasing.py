"""Releasing a broadcast by a second person; pausing, going on, ending it; what to do with what is in doubt."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.broadcasts import job_tags, leftovers, queries, rules
from app.broadcasts.keys import ANOTHER, has_suffix, suffix_of
from app.broadcasts.leftovers import PENDING_AGAIN
from app.broadcasts.noting import note
from app.broadcasts.rules import UNDER_WAY, WrongState, require
from app.broadcasts.waiting import has_to_wait, refuse_missed
from app.clock import Clock
from app.errors import Conflict, Invalid, NotFound
from app.operators.queries import Account
from app.operators.rules import Power, refuse_same_person
from models import Action, Broadcast, Delivery
from models.enums import BroadcastState, DeliveryState

SCHEDULED, SENDING, PAUSED = BroadcastState.SCHEDULED, BroadcastState.SENDING, BroadcastState.PAUSED
DONE, CANCELLED = BroadcastState.DONE, BroadcastState.CANCELLED
BY_HAND = "由同事暂停"
MAKING = ("broadcast.compose", "broadcast.edit", "broadcast.submit")
WHOLE_JOB = "群发是整个任务一起发的：这一批里有的已经发出，不能只给几个人重发。没收到的，请用别的方式通知。"
Verdict = Literal["sent", "failed", "retry"]


class NotInDoubt(Conflict):
    code = "not_in_doubt"


def verdict_in(word: str) -> Verdict:
    """Raises Invalid."""
    for verdict in get_args(Verdict):
        if word == verdict:
            return verdict  # type: ignore[no-any-return]
    raise Invalid("请选一选：算发出了、算没发成，还是再发一次。")


def approve(
    session: Session, broadcast_id: int, people: int, batch_size: int, *, by: Account, clock: Clock
) -> Broadcast:
    """Let it go, now or at its time; `people` is how many the plan found that it can reach.

    Never by who wrote, changed or submitted it. Raises Forbidden, NoBroadcast, WrongState, MomentMissed, Invalid.
    """
    by.require(Power.RELEASE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    require(broadcast.state, BroadcastState.SUBMITTED, deed="放行")
    for hand in hands(session, broadcast_id):
        refuse_same_person(hand, by.actor)
    refuse_missed(session, broadcast, clock, "请写的同事退回、改好什么时候发，再来放行")
    if not people:
        raise Invalid("一个能发到的人也没有，请退回去改一改发给谁。")
    if broadcast.channel == "mass" and people < rules.MASS_FEWEST:
        raise Invalid("群发至少要两个人；只发给一个人，请用客服消息或模板消息。")
    now = clock.now()
    broadcast.state = _awaiting(session, broadcast, clock)
    broadcast.released_by, broadcast.released_at = by.id, now
    broadcast.batch_size = batch_size
    session.flush()
    note(session, broadcast, by.actor, "approve", clock, people=people)
    return broadcast


def hands(session: Session, broadcast_id: int) -> set[str]:
    """Who wrote it, changed it or handed it in, as the action log names them."""
    made = Action.subject == f"broadcast:{broadcast_id}", Action.verb.in_(MAKING)
    return set(session.scalars(select(Action.actor).where(*made)))


def pause(session: Session, broadcast_id: int, *, by: Account, clock: Clock) -> Broadcast:
    """Raises Forbidden, NoBroadcast, WrongState."""
    by.require(Power.COMPOSE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    require(broadcast.state, *UNDER_WAY, deed="暂停")
    broadcast.state, broadcast.stopped_for, broadcast.goes_on_at = PAUSED, BY_HAND, None
    session.flush()
    note(session, broadcast, by.actor, "pause", clock)
    return broadcast


def resume(session: Session, broadcast_id: int, *, by: Account, clock: Clock) -> Broadcast:
    """Raises Forbidden, NoBroadcast, WrongState, MomentMissed."""
    by.require(Power.COMPOSE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    require(broadcast.state, PAUSED, deed="继续")
    refuse_missed(session, broadcast, clock, "请退回修改、重新提交，或者取消")
    _go_on(session, broadcast, clock)
    session.flush()
    note(session, broadcast, by.actor, "resume", clock)
    return broadcast


def cancel(session: Session, broadcast_id: int, *, by: Account, clock: Clock) -> Broadcast:
    """What has not gone out never will: what is beyond a page of it is settled within moments.

    Raises Forbidden, NoBroadcast, WrongState.
    """
    by.require(Power.COMPOSE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    if broadcast.state in (DONE, CANCELLED):
        require(broadcast.state, PAUSED, deed="取消")
    broadcast.state, broadcast.finished_at = CANCELLED, clock.now()
    broadcast.stopped_for = broadcast.goes_on_at = broadcast.retry_asked_at = None
    leftovers.skip_page(session, broadcast, clock.now())
    session.flush()
    note(session, broadcast, by.actor, "cancel", clock)
    return broadcast


def retry_failed(session: Session, broadcast_id: int, *, by: Account, clock: Clock) -> Broadcast:
    """Once more to those alone to whom it failed: what is beyond a page of them is queued within moments.

    Raises Forbidden, NoBroadcast, WrongState.
    """
    by.require(Power.COMPOSE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    require(broadcast.state, DONE, PAUSED, SENDING, deed="重发失败的")
    if broadcast.retry_asked_at:
        raise WrongState("没发成的正在重新排上，请等一会儿再看。")
    broadcast.retry_asked_at = clock.now()
    times = leftovers.how_many(session, leftovers.to_be_retried(broadcast))
    if not times:
        none = not leftovers.how_many(session, leftovers.failed_ones(broadcast))
        raise WrongState("没有发送失败的，不用重发。" if none else WHOLE_JOB)
    leftovers.retry_page(session, broadcast)
    job_tags.leave_all(session, broadcast.id, clock.wall())
    if broadcast.state is DONE:
        _go_on(session, broadcast, clock)
    session.flush()
    note(session, broadcast, by.actor, "retry_failed", clock, messages=times)
    return broadcast


def release(
    session: Session, broadcast_id: int, delivery_id: int, verdict: Verdict, *, by: Account, clock: Clock
) -> Delivery:
    """A person says what became of a message that nobody knows of. Raises Forbidden, NotFound, NotInDoubt."""
    by.require(Power.RELEASE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.broadcast_id != broadcast.id:
        raise NotFound("这条推送里没有这一条发送记录。")
    if delivery.state is not DeliveryState.UNKNOWN:
        raise NotInDoubt("这一条的结果是清楚的，不用再定。")
    if verdict == "retry":
        require(broadcast.state, SENDING, PAUSED, DONE, deed="再发")
    session.execute(update(Delivery).where(*_same_job(broadcast, delivery)).values(_after(verdict, clock)))
    session.refresh(delivery)
    if verdict == "retry":
        job_tags.leave_all(session, broadcast.id, clock.wall())
    if verdict == "retry" and broadcast.state is DONE:
        _go_on(session, broadcast, clock)
    session.flush()
    note(session, broadcast, by.actor, "release", clock, delivery=delivery.id, verdict=verdict)
    return delivery


def _same_job(broadcast: Broadcast, delivery: Delivery) -> Sequence[ColumnElement[bool]]:
    """A mass job is one for all of its people: what is said of one of them holds for all that are in doubt."""
    if broadcast.channel != "mass":
        return [Delivery.id == delivery.id]
    same_try = has_suffix(suffix_of(delivery.key))
    in_doubt = Delivery.state == DeliveryState.UNKNOWN
    return [Delivery.broadcast_id == broadcast.id, Delivery.batch == delivery.batch, in_doubt, same_try]


def _after(verdict: Verdict, clock: Clock) -> dict[str, Any]:
    if verdict == "retry":
        return {**PENDING_AGAIN, "key": Delivery.key + ANOTHER}
    return {"state": DeliveryState(verdict), "finished_at": clock.now()}


def _awaiting(session: Session, broadcast: Broadcast, clock: Clock) -> BroadcastState:
    return SCHEDULED if has_to_wait(session, broadcast, clock) else SENDING


def _go_on(session: Session, broadcast: Broadcast, clock: Clock) -> None:
    broadcast.state = SENDING if broadcast.begun_at else _awaiting(session, broadcast, clock)
    broadcast.stopped_for = broadcast.goes_on_at = broadcast.finished_at = None
    broadcast.rests = 0
