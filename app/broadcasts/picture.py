"""A finished broadcast over time: when its messages went out, when people voted after it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Ballot, Broadcast, Delivery, Round
from models.enums import DeliveryState, RoundState, Turnout

SPANS = 12
AFTER = timedelta(hours=24)  # so long after the first message votes are counted
TO_VOTE = re.compile(r"/h5/vote/([0-9]{1,9})")


class Span(NamedTuple):
    begins_at: datetime
    ends_at: datetime
    total: int


def sent_over_time(session: Session, broadcast: Broadcast) -> Sequence[Span]:
    """Nothing before it has ended."""
    if broadcast.begun_at is None or broadcast.finished_at is None:
        return ()
    went_out = Delivery.broadcast_id == broadcast.id, Delivery.state == DeliveryState.SENT
    seconds = int((broadcast.finished_at - broadcast.begun_at).total_seconds()) + 1
    length = SPANS * timedelta(seconds=ceil(seconds / SPANS))
    return _spans(session, Delivery.finished_at, went_out, broadcast.begun_at, length)


def votes_after(session: Session, broadcast: Broadcast) -> Sequence[Span]:
    """Ballots cast in the day after it began, where its link leads to a round that is closed and whose turnout may
    be seen."""
    found = TO_VOTE.search(str(broadcast.content.get("url", "")))
    round = session.get(Round, int(found[1])) if found else None
    if round is None or broadcast.begun_at is None or round.campaign_id != broadcast.campaign_id:
        return ()
    if round.state in (RoundState.DRAFT, RoundState.OPEN) or round.turnout is Turnout.NOBODY:
        return ()
    return _spans(session, Ballot.cast_at, (Ballot.round_id == round.id,), broadcast.begun_at, AFTER)


def _spans(
    session: Session,
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    of_it: Sequence[ColumnElement[bool]],
    begin: datetime,
    length: timedelta,
) -> Sequence[Span]:
    """Counted in one pass."""
    edges = [begin + length * place / SPANS for place in range(SPANS + 1)]
    pairs = list(pairwise(edges))
    sums: list[ColumnElement[Any]] = [
        func.sum(case((and_(moment >= first, moment < last), 1), else_=0)) for first, last in pairs
    ]
    counts = session.execute(select(*sums).where(*of_it)).one()
    return [Span(first, last, count or 0) for (first, last), count in zip(pairs, counts, strict=True)]
