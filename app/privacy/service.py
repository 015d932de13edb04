"""Letting go of a person: their proposals stay, without anything that leads back to them."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import Delivery, Follower, Proposal


def sever(session: Session, follower_id: int, openid: str) -> int:
    """Erase the person: the row, drafts, messages, name, phone and unit. How many proposals were kept.

    The platform asks for this when somebody stops following (/doc/service/guide/product/message/). Drafts,
    messages and sign-ins go with the row.
    """
    session.flush()
    kept = session.scalars(select(Proposal).where(Proposal.follower_id == follower_id)).all()
    for proposal in kept:
        forget_proposer(proposal)
    session.flush()
    session.execute(update(Delivery).where(Delivery.openid == openid).values(openid=None, body={}))
    session.execute(delete(Follower).where(Follower.id == follower_id))
    return len(kept)


def forget_proposer(proposal: Proposal) -> None:
    proposal.follower_id = None
    proposal.consented = False
    proposal.proposer_name = None
    proposal.phone = None
    proposal.unit = None
    proposal.pictures = []
