"""What pages say of the calendar and of numbers."""

from zoneinfo import ZoneInfo

from app.campaigns.queries import CampaignView
from app.campaigns.told import closed_for_proposals
from app.proposals import numbers
from app.proposals.drafting import NotYours
from models.enums import PhaseKind


def closed(campaign: CampaignView, zone: ZoneInfo, *, has_draft: bool) -> str:
    """Why nothing can be proposed now, and when it could."""
    later = "到时候请再来。" if campaign.phase is PhaseKind.UPCOMING else ""
    kept = "您没写完的内容还替您保存着。" if has_draft else ""
    return closed_for_proposals(campaign, zone) + later + kept


def number_in(said: str, campaign: CampaignView) -> str:
    """The proposal number in an address. Raises NotYours for what is none."""
    number = numbers.parse(said, campaign.definition.year)
    if number is None:
        raise NotYours("没有这个编号，请从“我的提案”里打开。")
    return number
