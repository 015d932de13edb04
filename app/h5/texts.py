"""What pages say of the calendar and of numbers."""

from zoneinfo import ZoneInfo

from app.campaigns.dates import day, until
from app.campaigns.queries import CampaignView
from app.campaigns.rules import window
from app.proposals import numbers
from app.proposals.drafting import NotYours
from models.enums import PhaseKind


def closed(campaign: CampaignView, zone: ZoneInfo, *, has_draft: bool) -> str:
    """Why nothing can be proposed now, and when it could."""
    if campaign.phase is PhaseKind.UPCOMING:
        opens = window(campaign.definition.phases, PhaseKind.COLLECTING).opens_at
        return f"提案征集{day(opens, zone) if opens else '日期确定后'}开始，现在还没到时间。到时候请再来。"
    end = campaign.collecting_closed_at
    when = f"已于{until(end, zone)}" if end else "已经"
    kept = "您没写完的内容还替您保存着。" if has_draft else ""
    return f"这次的提案征集{when}截止，不能再提交新的了，谢谢您的热心。{kept}"


def grace(campaign: CampaignView, zone: ZoneInfo) -> str:
    """For a draft that was begun in time and is finished after; empty while collecting goes on."""
    closed_at = campaign.collecting_closed_at
    if campaign.allows.propose or closed_at is None:
        return ""
    end = closed_at + campaign.definition.draft_grace
    return f"征集已于{until(closed_at, zone)}截止。您是截止前动笔的，{until(end, zone)}之前还可以提交。"


def number_in(said: str, campaign: CampaignView) -> str:
    """The proposal number in an address. Raises NotYours for what is none."""
    number = numbers.parse(said, campaign.definition.year)
    if number is None:
        raise NotYours("没有这个编号，请从“我的提案”里打开。")
    return number
