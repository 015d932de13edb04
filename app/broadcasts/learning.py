"""What the platform's answers to a broadcast say of people: our books are kept like theirs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.followers import credits, windows
from app.followers.windows import Windows
from app.outbox.outcomes import Accepted, Lost, Message, Outcome, Refused
from app.wechat.errors import NOT_FOLLOWING, WINDOW_CLOSED
from models import Follower

REFUSED_CREDIT = 43101


def learn(
    session: Session,
    channel: str,
    content: Mapping[str, Any],
    outcomes: Sequence[tuple[Message, Outcome]],
    allowed: Windows,
    now: datetime,
) -> None:
    """Who has left, whose window is closed or used by one more message, whose credit is spent."""
    if channel == "mass":  # an answer to a job says nothing of any one of its people
        return
    left = [message.openid for message, outcome in outcomes if _errcode(outcome) in NOT_FOLLOWING]
    if left:
        session.execute(update(Follower).where(Follower.openid.in_(left)).values(subscribed=False))
    if channel == "template":
        return
    openids = [message.openid for message, _ in outcomes]
    found = select(Follower).where(Follower.openid.in_(openids)).order_by(Follower.id).with_for_update()
    people = {follower.openid: follower for follower in session.scalars(found)}
    for message, outcome in outcomes:
        follower = people.get(message.openid)
        if follower is not None and channel == "subscribe":
            _credit(session, follower, str(content["template_id"]), outcome, now)
        elif follower is not None and channel == "customer":
            _window(follower, outcome, allowed, now)


def _credit(session: Session, follower: Follower, template_id: str, outcome: Outcome, now: datetime) -> None:
    if _errcode(outcome) == REFUSED_CREDIT:
        credits.exhaust(session, follower.id, template_id, now)
    elif isinstance(outcome, Accepted | Lost):
        credits.spend(session, follower.id, template_id, now)


def _window(follower: Follower, outcome: Outcome, allowed: Windows, now: datetime) -> None:
    if _errcode(outcome) in WINDOW_CLOSED:
        windows.close(follower)
    elif isinstance(outcome, Accepted | Lost):
        allowed.spend(follower, now)


def _errcode(outcome: Outcome) -> int:
    return outcome.errcode if isinstance(outcome, Refused) else 0
