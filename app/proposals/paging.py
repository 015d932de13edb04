"""Lists of proposals in an order, page by page: a page begins beside a proposal, so nothing shifts under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.proposals.listing import Fitting
from models import Proposal


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    SUPPORTED = "supported"


RANKS: Mapping[Order, InstrumentedAttribute[Any]] = MappingProxyType(
    {
        Order.NEWEST: Proposal.submitted_at,
        Order.OLDEST: Proposal.submitted_at,
        Order.SUPPORTED: Proposal.supporters,
    }
)


@dataclass(frozen=True)
class Page:
    """Some proposals in their order, and whether there are others before and after."""

    proposals: Sequence[Proposal]
    has_before: bool
    has_after: bool


def first_page(session: Session, narrowing: Fitting, order: Order, limit: int) -> Page:
    found = _read(session, narrowing, order, None, limit + 1, back=False)
    return Page(found[:limit], has_before=False, has_after=len(found) > limit)


def last_page(session: Session, narrowing: Fitting, order: Order, limit: int) -> Page:
    found = _read(session, narrowing, order, None, limit + 1, back=True)
    return Page(found[-limit:], has_before=len(found) > limit, has_after=False)


def page_after(session: Session, narrowing: Fitting, order: Order, limit: int, beside: Proposal) -> Page:
    found = _read(session, narrowing, order, beside, limit + 1, back=False)
    return Page(found[:limit], has_before=True, has_after=len(found) > limit)


def page_before(session: Session, narrowing: Fitting, order: Order, limit: int, beside: Proposal) -> Page:
    found = _read(session, narrowing, order, beside, limit + 1, back=True)
    return Page(found[-limit:], has_before=len(found) > limit, has_after=True)


def neighbours(
    session: Session, narrowing: Fitting, order: Order, proposal: Proposal
) -> tuple[Proposal | None, Proposal | None]:
    """The one before and the one after, whether or not `proposal` itself is wanted."""
    before = _read(session, narrowing, order, proposal, 1, back=True)
    after = _read(session, narrowing, order, proposal, 1, back=False)
    return (before[0] if before else None, after[0] if after else None)


def _read(
    session: Session, narrowing: Fitting, order: Order, beside: Proposal | None, limit: int, *, back: bool
) -> Sequence[Proposal]:
    """Up to `limit` proposals next to `beside`, or to the edge of the list; always in the order asked for.

    First only their ids, which the indexes of the board can tell alone.
    """
    ids = _ids(narrowing, order, beside, ascending=(order is Order.OLDEST) is not back)
    found = session.scalars(ids.limit(limit)).all()
    by_id = {one.id: one for one in session.scalars(select(Proposal).where(Proposal.id.in_(found)))}
    return [by_id[one] for one in (found[::-1] if back else found)]


def _ids(narrowing: Fitting, order: Order, beside: Proposal | None, *, ascending: bool) -> Select[int]:
    """Of equals the newest is first, where the newest or the most supported are."""
    rank = RANKS[order]
    ids = select(Proposal.id).where(*narrowing)
    if beside is not None:
        place = tuple_(rank, Proposal.id)
        there = tuple_(literal(getattr(beside, rank.key), rank.type), literal(beside.id))
        ids = ids.where(place > there if ascending else place < there)
    ordered = (rank, Proposal.id)
    return ids.order_by(*(ordered if ascending else [column.desc() for column in ordered]))
