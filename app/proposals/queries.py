"""Proposals as they are looked up."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Proposal


def of_follower(session: Session, follower_id: int, campaign_id: int) -> Sequence[Proposal]:
    """A person's proposals in a campaign, the oldest first."""
    found = (
        select(Proposal)
        .where(Proposal.follower_id == follower_id, Proposal.campaign_id == campaign_id)
        .order_by(Proposal.id)
    )
    return session.scalars(found).all()


def by_number(session: Session, number: str) -> Proposal | None:
    return session.scalars(select(Proposal).where(Proposal.number == number)).one_or_none()


def by_numbers(session: Session, numbers: Collection[str]) -> Mapping[str, Proposal]:
    """Those there are, by number."""
    found = session.scalars(select(Proposal).where(Proposal.number.in_(numbers)))
    return {proposal.number: proposal for proposal in found}


def own_by_number(session: Session, follower_id: int, number: str) -> Proposal | None:
    found = select(Proposal).where(Proposal.number == number, Proposal.follower_id == follower_id)
    return session.scalars(found).one_or_none()
