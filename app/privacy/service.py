"""Letting go of a person: their proposals stay, without anything that leads back to them."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import Delivery, Follower, Inbound, Proposal


def sever(session: Session, follower: Follower) -> int:
    """Erase the person: the row, drafts, messages, name, phone and unit. How many proposals were kept.

    The platform asks for this when somebody stops following (/doc/service/guide/product/message/).
    """
    kept = session.scalars(select(Proposal).where(Proposal.follower_id == follower.id)).all()
    for proposal in kept:
        forget_proposer(proposal)
    session.flush()
    session.execute(delete(Inbound).where(Inbound.follower_id == follower.id))
    session.execute(update(Delivery).where(Delivery.openid == follower.openid).values(openid=None, body={}))
    session.delete(follower)
    session.flush()
    return len(kept)


def forget_proposer(proposal: Proposal) -> None:
    proposal.follower_id = None
    proposal.consented = False
    proposal.proposer_name = None
    proposal.phone = None
    proposal.unit = None
    proposal.pictures = []
