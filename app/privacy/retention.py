"""Letting go of how people can be reached, once a campaign has long been over: their proposals stay.

Names and phones are held to ask back and to give notice. Some days after publication nobody is asked any more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.operators import log
from app.proposals.intake import originals
from models import Announcement, Draft, FormImport, Proposal, Round

SLICE = 5000  # proposals in one transaction
NAMING = or_(Proposal.proposer_name.is_not(None), Proposal.phone.is_not(None))


@dataclass(frozen=True)
class Expiry:
    """A published campaign that still holds somebody's name or phone: of `proposals` of them, and in `drafts`."""

    campaign: CampaignView
    published_at: datetime
    due_at: datetime
    proposals: int
    drafts: int


def expiries(session: Session, keep: timedelta, clock: Clock) -> Sequence[Expiry]:
    """What will go when, the campaigns in their order. Changes nothing."""
    found = []
    for campaign, published_at in _published(session, clock):
        naming = select(func.count()).select_from(Proposal).where(Proposal.campaign_id == campaign.id, NAMING)
        drafts = select(func.count()).select_from(Draft).where(Draft.campaign_id == campaign.id)
        held = session.scalar(naming) or 0, session.scalar(drafts) or 0
        if any(held):
            found.append(Expiry(campaign, published_at, published_at + keep, *held))
    return found


def expire(session: Session, keep: timedelta, clock: Clock, *, actor: str = "timer") -> int:
    """One slice of what is due. How many proposals and drafts lost something: 0 when nothing is left."""
    for campaign, published_at in _published(session, clock):
        if published_at + keep <= clock.now() and (gone := _forget(session, campaign.id)) != (0, 0):
            proposals, drafts = gone
            detail = {"proposals": proposals, "drafts": drafts}
            log.record(
                session,
                actor=actor,
                verb="campaign.expire",
                subject=f"campaign:{campaign.key}",
                detail=detail,
                clock=clock,
            )
            return proposals + drafts
    return 0


def _published(session: Session, clock: Clock) -> Iterator[tuple[CampaignView, datetime]]:
    """By the release of the announcement; without one, by the result of the last round."""
    counted = select(Round.campaign_id, func.max(Round.published_at)).group_by(Round.campaign_id)
    announced = select(Announcement.campaign_id, Announcement.released_at)
    at: dict[int, datetime] = {}
    for times in (counted, announced):
        at |= {campaign_id: moment for campaign_id, moment in session.execute(times) if moment is not None}
    for campaign in campaigns.everyone(session, clock):
        if campaign.id in at:
            yield campaign, at[campaign.id]


def _forget(session: Session, campaign_id: int) -> tuple[int, int]:
    """Names and phones; drafts, which hold them too; the names of files and the files themselves."""
    naming = select(Proposal.id).where(Proposal.campaign_id == campaign_id, NAMING).order_by(Proposal.id)
    ids = session.scalars(naming.limit(SLICE)).all()
    session.execute(update(Proposal).where(Proposal.id.in_(ids)).values(proposer_name=None, phone=None))
    abandoned = session.scalars(select(Draft.id).where(Draft.campaign_id == campaign_id).limit(SLICE)).all()
    session.execute(delete(Draft).where(Draft.id.in_(abandoned)))
    for imported in session.scalars(select(FormImport).where(FormImport.campaign_id == campaign_id)):
        originals.drop(session, imported)
    return len(ids), len(abandoned)
