"""Letting go of a person: their proposals stay, without anything that leads back to them."""

from sqlalchemy import Text, and_, cast, delete, select, update
from sqlalchemy.orm import Session

from app.database import leave_no_trace
from models import Broadcast, Delivery, Follower, Proposal
from models.enums import DeliveryState

# A message that has not gone out is owed to nobody any more; what was sent is only counted.
UNPAID = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.SKIPPED)


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
    theirs = Delivery.openid == openid
    session.execute(delete(Delivery).where(and_(theirs, Delivery.state.in_(UNPAID))))
    session.execute(update(Delivery).where(theirs).values(openid=None, body={}))
    _strike_from_lists(session, openid)
    session.execute(delete(Follower).where(Follower.id == follower_id))
    leave_no_trace(session)
    return len(kept)


def _strike_from_lists(session: Session, openid: str) -> None:
    """Broadcasts to a list name people until they are gathered, and afterwards."""
    naming = cast(Broadcast.audience, Text).contains(openid, autoescape=True)
    for broadcast in session.scalars(select(Broadcast).where(naming).with_for_update()):
        listed = broadcast.audience.get("openids", [])
        broadcast.audience = {"openids": [one for one in listed if one != openid]}
    session.flush()


def forget_proposer(proposal: Proposal) -> None:
    proposal.follower_id = None
    proposal.consented = False
    proposal.proposer_name = None
    proposal.phone = None
    proposal.unit = None
    proposal.pictures = []
