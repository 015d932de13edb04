"""A broadcast over time: when its messages went out, when people opened its page and voted after it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.broadcasts.openings import page_in
from models import Ballot, Broadcast, Delivery, Opening, Round
from models.enums import DeliveryState, RoundState, Turnout

SPANS = 12
AFTER = timedelta(hours=24)  # so long after the first message votes are counted
TO_VOTE = "/h5/vote/"


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


def opened_after(session: Session, broadcast: Broadcast) -> Sequence[Span]:
    """Openings of the page that its link leads to, by whatever way people came, in the day after it began.

    Of a ballot only where its turnout may be seen: how many open it tells nearly as much.
    """
    page = page_in(broadcast.content)
    if page is None or broadcast.begun_at is None:
        return ()
    if page.startswith(TO_VOTE) and _round_seen(session, broadcast, page) is None:
        return ()
    from_its_minute = broadcast.begun_at.replace(second=0, microsecond=0)
    return _spans(session, Opening.minute, (Opening.page == page,), from_its_minute, AFTER, Opening.total)


def votes_after(session: Session, broadcast: Broadcast) -> Sequence[Span]:
    """Ballots cast in the day after it began, where its link leads to a round that is closed and whose turnout may
    be seen."""
    page = page_in(broadcast.content)
    round = _round_seen(session, broadcast, page) if page and page.startswith(TO_VOTE) else None
    if round is None or broadcast.begun_at is None or round.state in (RoundState.DRAFT, RoundState.OPEN):
        return ()
    return _spans(session, Ballot.cast_at, (Ballot.round_id == round.id,), broadcast.begun_at, AFTER)


def _round_seen(session: Session, broadcast: Broadcast, page: str) -> Round | None:
    """The campaign's own round that the page is of, where its turnout may be seen."""
    round = session.get(Round, int(page.removeprefix(TO_VOTE)))
    if round is None or round.campaign_id != broadcast.campaign_id or round.turnout is Turnout.NOBODY:
        return None
    return round


def _spans(
    session: Session,
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    of_it: Sequence[ColumnElement[bool]],
    begin: datetime,
    length: timedelta,
    each: InstrumentedAttribute[int] | Literal[1] = 1,
) -> Sequence[Span]:
    """Summed in one pass; `each` is what a row stands for."""
    edges = [begin + length * place / SPANS for place in range(SPANS + 1)]
    pairs = list(pairwise(edges))
    sums: list[ColumnElement[Any]] = [
        func.sum(case((and_(moment >= first, moment < last), each), else_=0)) for first, last in pairs
    ]
    counts = session.execute(select(*sums).where(*of_it)).one()
    return [Span(first, last, count or 0) for (first, last), count in zip(pairs, counts, strict=True)]
