"""Taking a campaign's projects in hand to change them: one at a time, remembering who had a hand in it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.operators.queries import Account
from app.projects import places
from app.projects.rules import NotYet, require_open
from models import Announcement, Campaign
from models.enums import AnnouncementState


def held(session: Session, campaign_id: int, clock: Clock) -> tuple[CampaignView, Announcement]:
    """The campaign, locked, and its announcement, begun if there was none. Raises NotYet."""
    session.execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update())
    if places.latest_round(session, campaign_id) is None:
        raise NotYet("投票结果公布以后，才能确定实事项目。")
    campaign = campaigns.by_id(session, campaign_id, clock)
    found = session.get(Announcement, campaign_id, populate_existing=True)
    if found is None:
        found = Announcement(campaign_id=campaign_id, state=AnnouncementState.DRAFT, title="", text="", hands=[])
        session.add(found)
    return campaign, found


def changing(session: Session, campaign_id: int, by: Account, clock: Clock) -> tuple[CampaignView, Announcement]:
    """The same for somebody who changes something of it. Raises NotYet, WrongState."""
    campaign, found = held(session, campaign_id, clock)
    require_open(found.state)
    found.hands = sorted({*found.hands, by.id})
    session.flush()
    return campaign, found
