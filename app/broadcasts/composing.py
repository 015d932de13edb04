"""Composing a broadcast, changing it while it is a draft, handing it to a colleague."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.broadcasts import queries
from app.broadcasts.audiences import Audience
from app.broadcasts.noting import note, told
from app.broadcasts.rules import UNDER_WAY, BroadcastText, check, refuse_impossible, require
from app.broadcasts.waiting import missed, refuse_missed
from app.campaigns import queries as campaigns
from app.clock import Clock
from app.errors import Invalid
from app.operators.queries import Account
from app.operators.rules import Power
from app.settings import AccountKind
from models import Broadcast
from models.enums import BroadcastState

DRAFT, SUBMITTED = BroadcastState.DRAFT, BroadcastState.SUBMITTED
WAITING = (*UNDER_WAY, BroadcastState.PAUSED)


def compose(
    session: Session, key: str, text: BroadcastText, *, by: Account, kind: AccountKind, clock: Clock
) -> Broadcast:
    """Raises Forbidden, NoCampaign, Invalid; `kind` of account decides which channels there are."""
    by.require(Power.COMPOSE_BROADCASTS)
    check(text)
    refuse_impossible(text, kind)
    campaign = campaigns.by_key(session, key, clock)
    now = clock.now()
    broadcast = Broadcast(campaign_id=campaign.id, state=DRAFT, composed_by=by.id, composed_at=now)
    _write(broadcast, text)
    session.add(broadcast)
    session.flush()
    note(session, broadcast, by.actor, "compose", clock, **told(text))
    return broadcast


def edit(
    session: Session,
    broadcast_id: int,
    changes: dict[str, Any],
    *,
    by: Account,
    kind: AccountKind,
    clock: Clock,
) -> Broadcast:
    """Change the fields of BroadcastText that are named. Whoever changed it last is who composed it.

    Raises Forbidden, NoBroadcast, WrongState, Invalid.
    """
    by.require(Power.COMPOSE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    require(broadcast.state, DRAFT, deed="再改")
    before = text_of(broadcast)
    after = replace(before, **changes)
    check(after)
    refuse_impossible(after, kind)
    if before == after:
        return broadcast
    _write(broadcast, after)
    was, now = told(before), told(after)
    changed = {name: {"from": was[name], "to": now[name]} for name in was if was[name] != now[name]}
    broadcast.composed_by = by.id
    session.flush()
    note(session, broadcast, by.actor, "edit", clock, **changed)
    return broadcast


def drop(session: Session, broadcast_id: int, *, by: Account, clock: Clock) -> None:
    """Throw a draft away. Raises Forbidden, NoBroadcast, WrongState."""
    by.require(Power.COMPOSE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    require(broadcast.state, DRAFT, deed="删除")
    detail = told(text_of(broadcast))
    session.delete(broadcast)
    session.flush()
    note(session, broadcast, by.actor, "drop", clock, **detail)


def submit(session: Session, broadcast_id: int, *, by: Account, clock: Clock) -> Broadcast:
    """Hand it to a colleague, who releases it.

    Raises Forbidden, NoBroadcast, WrongState, MomentMissed, Invalid.
    """
    by.require(Power.COMPOSE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    require(broadcast.state, DRAFT, deed="提交")
    text = text_of(broadcast)
    check(text)
    if not text.audience.value:
        raise Invalid("名单是空的：没有选人，就谁也不发。")
    refuse_missed(session, broadcast, clock, "请改好什么时候发，再提交")
    broadcast.state, broadcast.submitted_by, broadcast.submitted_at = SUBMITTED, by.id, clock.now()
    session.flush()
    note(session, broadcast, by.actor, "submit", clock)
    return broadcast


def take_back(session: Session, broadcast_id: int, *, by: Account, clock: Clock) -> Broadcast:
    """Make a draft of it again, to be changed: before its release, or when its moment was missed.

    Raises Forbidden, NoBroadcast, WrongState.
    """
    by.require(Power.COMPOSE_BROADCASTS)
    broadcast = queries.row(session, broadcast_id, locked=True)
    if broadcast.state not in WAITING or not missed(session, broadcast, clock):
        require(broadcast.state, SUBMITTED, deed="退回修改")
    broadcast.state, broadcast.submitted_by, broadcast.submitted_at = DRAFT, None, None
    broadcast.released_by = broadcast.released_at = broadcast.batch_size = None
    broadcast.stopped_for = broadcast.goes_on_at = None
    session.flush()
    note(session, broadcast, by.actor, "take_back", clock)
    return broadcast


def text_of(broadcast: Broadcast) -> BroadcastText:
    return BroadcastText(
        broadcast.title,
        broadcast.kind,
        broadcast.channel,
        Audience.from_json(broadcast.audience),
        broadcast.content,
        broadcast.scheduled_at,
        broadcast.on_phase,
    )


def _write(broadcast: Broadcast, text: BroadcastText) -> None:
    broadcast.title, broadcast.kind, broadcast.channel = text.title.strip(), text.kind, text.channel
    broadcast.audience, broadcast.content = text.audience.to_json(), text.content
    broadcast.scheduled_at, broadcast.on_phase = text.scheduled_at, text.on_phase
