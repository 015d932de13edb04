"""Lists of proposals in an order, page by page: a page begins beside a proposal, so nothing shifts under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import CTE, Select, Subquery, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.proposals import supporting
from app.proposals.listing import Fitting
from models import Proposal, Support
from models.base import UtcDateTime

Ids = Select[int]


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    SUPPORTED = "supported"


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

    First only their ids, which the index of the board can tell alone.
    """
    if order is Order.SUPPORTED:
        ids = _by_support(session, narrowing, beside, back)
    else:
        ids = _by_age(narrowing, beside, ascending=(order is Order.OLDEST) is not back)
    found = session.scalars(ids.limit(limit)).all()
    by_id = {one.id: one for one in session.scalars(select(Proposal).where(Proposal.id.in_(found)))}
    return [by_id[one] for one in (found[::-1] if back else found)]


def _by_age(narrowing: Fitting, beside: Proposal | None, *, ascending: bool) -> Ids:
    ids = select(Proposal.id).where(*narrowing)
    if beside is not None:
        place = tuple_(Proposal.submitted_at, Proposal.id)
        there = tuple_(literal(beside.submitted_at, UtcDateTime()), literal(beside.id))
        ids = ids.where(place > there if ascending else place < there)
    ordered = (Proposal.submitted_at, Proposal.id)
    return ids.order_by(*(ordered if ascending else [column.desc() for column in ordered]))


def _by_support(session: Session, narrowing: Fitting, beside: Proposal | None, back: bool) -> Ids:
    """The most supported first, of equals the newest."""
    wanted, ranks = select(Proposal.id).where(*narrowing).subquery("wanted"), _ranks()
    persons = func.coalesce(ranks.c.persons, 0)
    ids = select(wanted.c.id).outerjoin(ranks, ranks.c.id == wanted.c.id)
    if beside is not None:
        place = tuple_(persons, wanted.c.id)
        there = tuple_(literal(supporting.counts(session, [beside])[beside.id]), literal(beside.id))
        ids = ids.where(place > there if back else place < there)
    ordered = (persons, wanted.c.id)
    return ids.order_by(*(ordered if back else [column.desc() for column in ordered]))


def _ranks() -> Subquery:
    """(id, persons): how many stand behind each proposal, or anything merged into it."""
    leading = _leading()
    alone = (
        select(Support.proposal_id.label("id"), func.count().label("persons"))
        .where(Support.proposal_id.not_in(select(leading.c.root)))
        .group_by(Support.proposal_id)
    )
    together = (
        select(leading.c.root, func.count(Support.person.distinct()))
        .join(Support, Support.proposal_id == leading.c.member)
        .group_by(leading.c.root)
    )
    return union_all(alone, together).subquery("ranks")


def _leading() -> CTE:
    """(root, member) of every proposal that something was merged into: itself, and all that was, step by step."""
    into = select(Proposal.merged_into_id).where(Proposal.merged_into_id.is_not(None))
    first = select(Proposal.id.label("root"), Proposal.id.label("member")).where(Proposal.id.in_(into))
    leading = first.cte("leading", recursive=True)
    return leading.union(
        select(leading.c.root, Proposal.id).join(Proposal, Proposal.merged_into_id == leading.c.member)
    )
