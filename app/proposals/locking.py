"""Taking proposals in hand to change them, in the one order that keeps people and operators from a deadlock."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from models import Follower, Proposal


def locked(session: Session, numbers: Collection[str]) -> Mapping[str, Proposal]:
    """These proposals by number, locked until the commit. Raises NotFound naming those there are not.

    Their authors are locked first, as chat and page do, who write in the draft that may be amending one.
    """
    session.flush()
    authors = select(Proposal.follower_id).where(Proposal.number.in_(numbers))
    session.execute(select(Follower.id).where(Follower.id.in_(authors)).order_by(Follower.id).with_for_update())
    found = session.scalars(
        select(Proposal)
        .where(Proposal.number.in_(numbers))
        .order_by(Proposal.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    by_number = {proposal.number: proposal for proposal in found}
    if missing := sorted(set(numbers) - by_number.keys()):
        raise NotFound(f"没有 {'、'.join(missing)} 这份提案。")
    return by_number


def locked_one(session: Session, number: str) -> Proposal:
    """Raises NotFound."""
    return locked(session, [number])[number]


def locked_with_all_above(session: Session, ids: Collection[int]) -> Sequence[Proposal]:
    """These proposals and all that they were merged into, step by step, locked until the commit.

    Only their keys may be used meanwhile, as a new support does. Looks again until nothing was merged in between.
    """
    held: Sequence[Proposal] = ()
    while (wanted := _with_all_above(session, ids)) - {proposal.id for proposal in held}:
        held = session.scalars(
            select(Proposal)
            .where(Proposal.id.in_(wanted))
            .order_by(Proposal.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).all()
    return held


def _with_all_above(session: Session, ids: Collection[int]) -> set[int]:
    line = select(Proposal.id, Proposal.merged_into_id).where(Proposal.id.in_(ids)).cte("line", recursive=True)
    above = select(Proposal.id, Proposal.merged_into_id).join(line, Proposal.id == line.c.merged_into_id)
    return set(session.scalars(select(line.union(above).c.id)))
