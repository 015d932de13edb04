"""Proposals that are handled as one: what was merged into what, and taking them in hand together."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.proposals.locking import locked
from models import Proposal


def below(session: Session, proposal: Proposal) -> list[Proposal]:
    """All proposals merged into this one, and into those, the oldest first."""
    return sorted(_below(session, [proposal.id]), key=lambda each: each.id)


def below_each(session: Session, proposals: Collection[Proposal]) -> Mapping[int, list[Proposal]]:
    """The same of many, by id: one statement for each level that was merged."""
    into: dict[int | None, dict[int, Proposal]] = {}
    for each in _below(session, [proposal.id for proposal in proposals]):
        into.setdefault(each.merged_into_id, {})[each.id] = each

    def under(one: int) -> Iterator[Proposal]:
        for each in into.get(one, {}).values():
            yield from (each, *under(each.id))

    return {one.id: sorted(under(one.id), key=lambda each: each.id) for one in proposals}


def root(session: Session, proposal: Proposal) -> Proposal:
    """The proposal that this one is now handled with; itself when it was not merged."""
    while proposal.merged_into_id is not None:
        proposal = session.get_one(Proposal, proposal.merged_into_id)
    return proposal


def in_hand(session: Session, numbers: Collection[str]) -> Mapping[str, Proposal]:
    """These proposals by number, locked with all that is handled as one with them: authors may be told of what
    becomes of it, and supporters counted anew. Raises NotFound.
    """
    named = session.scalars(select(Proposal).where(Proposal.number.in_(numbers))).all()
    whole = {root(session, each) for each in named}
    members = {*numbers, *(each.number for each in (*whole, *_below(session, [each.id for each in whole])))}
    return {number: proposal for number, proposal in locked(session, members).items() if number in numbers}


def _below(session: Session, ids: Sequence[int]) -> list[Proposal]:
    found: list[Proposal] = []
    while ids:
        level = session.scalars(select(Proposal).where(Proposal.merged_into_id.in_(ids))).all()
        found += level
        ids = [each.id for each in level]
    return found
