"""How people are told what the calendar allows, in the chat and on pages."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.campaigns.dates import day, until
from app.campaigns.definition import PhaseWindow
from app.campaigns.queries import CampaignView
from app.campaigns.rules import window
from models.enums import PhaseKind


def opening(phase: PhaseWindow, zone: ZoneInfo) -> str:
    return f"将于{day(phase.opens_at, zone)}" if phase.opens_at else "日期确定后"


def ended(closed_at: datetime | None, zone: ZoneInfo) -> str:
    """When collecting ended, to be followed by 截止."""
    return f"已于{until(closed_at, zone)}" if closed_at else "已经"


def closed_for_proposals(campaign: CampaignView, zone: ZoneInfo) -> str:
    """Why nothing new can be proposed now, and when it could."""
    if campaign.phase is PhaseKind.UPCOMING:
        collecting = window(campaign.definition.phases, PhaseKind.COLLECTING)
        return f"提案征集{opening(collecting, zone)}开始，现在还没到时间。"
    return f"这次的提案征集{ended(campaign.collecting_closed_at, zone)}截止，不能再提交新的了，谢谢您的热心。"


def grace(campaign: CampaignView, zone: ZoneInfo) -> str:
    """For a draft that was begun in time and is finished after; empty while collecting goes on."""
    closed_at = campaign.collecting_closed_at
    if campaign.allows.propose or closed_at is None:
        return ""
    end = closed_at + campaign.definition.draft_grace
    return f"征集{ended(closed_at, zone)}截止。您是截止前动笔的，{until(end, zone)}之前还可以提交。"
