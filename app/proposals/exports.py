"""The proposals of a campaign as a table, under the headings of the notice's form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from app.campaigns.queries import CampaignView
from app.crypto import Keyring
from app.proposals.evaluation import show_evaluation
from app.proposals.service import phone_of
from app.proposals.sheets import ENDINGS
from models import Proposal
from models.enums import IntakeChannel, ProposalStatus

ROWS_AT_ONCE = 500
LONG, SHORT = 50, 16  # characters wide
FORM_FIELDS = ("title", "summary", "expected_outcome", "evaluation")

CHANNEL_TITLES: Mapping[IntakeChannel, str] = MappingProxyType(
    {
        IntakeChannel.WECHAT: "职工网上提案",
        IntakeChannel.ORGANISATION: "行业、街镇、直属工会",
        IntakeChannel.DEPARTMENT: "机关部室",
    }
)
STATUS_TITLES: Mapping[ProposalStatus, str] = MappingProxyType(
    {
        ProposalStatus.SUBMITTED: "已提交",
        ProposalStatus.RETURNED: "已退回补充",
        ProposalStatus.REJECTED: "未采纳",
        ProposalStatus.SHORTLISTED: "已入选",
        ProposalStatus.MERGED: "已合并",
        ProposalStatus.WITHDRAWN: "已撤回",
    }
)


@dataclass(frozen=True)
class Table:
    """What the table tells. Only with `keyring` does it tell names and telephone numbers."""

    campaign: CampaignView
    zone: ZoneInfo
    keyring: Keyring | None = None

    def headings(self) -> list[tuple[str, int]]:
        """Each with the width of its column."""
        said = self.campaign.definition.wording
        fields = [(said[key].name, LONG) for key in FORM_FIELDS]
        personal = [(said[key].name, SHORT) for key in ("name", "phone")] if self.keyring else []
        before = [(title, SHORT) for title in ("编号", "来源", "状态", said["category"].name)]
        trade = ("行业/工种", SHORT)
        after = ("图片", "提交时间", "修改时间", "经办人", "合并到", "办理意见")
        unit = (said["unit"].name, SHORT)
        return [*before, *fields, unit, trade, *personal, *((title, SHORT) for title in after)]

    def row(self, proposal: Proposal, merged_into: str | None) -> list[str]:
        evaluation = {"ratings": proposal.evaluations, "text": proposal.evaluation_text or ""}
        return [
            proposal.number,
            CHANNEL_TITLES[proposal.channel],
            STATUS_TITLES[proposal.status],
            self._category(proposal.category),
            proposal.title,
            proposal.summary,
            proposal.expected_outcome,
            show_evaluation({"evaluation": evaluation}),
            proposal.unit or "",
            self._trade(proposal.trade),
            *self._person(proposal),
            f"{len(proposal.pictures)} 张" if proposal.pictures else "",
            self._moment(proposal.submitted_at),
            self._moment(proposal.amended_at),
            proposal.assignee or "",
            merged_into or "",
            proposal.status_reason or "",
        ]

    def _category(self, key: str | None) -> str:
        return next((one.title for one in self.campaign.definition.categories if one.key == key), key or "")

    def _trade(self, key: str | None) -> str:
        return next((one.title for one in self.campaign.definition.trades if one.key == key), key or "")

    def _person(self, proposal: Proposal) -> list[str]:
        if self.keyring is None:
            return []
        return [proposal.proposer_name or "", phone_of(proposal, self.keyring) or ""]

    def _moment(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M") if at else ""


def write(session: Session, table: Table, path: Path) -> int:
    """Write all proposals, the oldest first, to `path`, whose ending is one of ENDINGS. How many there were."""
    headings = table.headings()
    count = 0
    with ENDINGS[path.suffix.lower()](path, [h[0] for h in headings], [h[1] for h in headings]) as sheet:
        for proposal, merged_into in _stream(session, table.campaign.id):
            sheet.add(table.row(proposal, merged_into))
            count += 1
    return count


def _stream(session: Session, campaign_id: int) -> Iterator[Row[Proposal, str | None]]:
    into = aliased(Proposal)
    found = (
        select(Proposal, into.number)
        .outerjoin(into, Proposal.merged_into_id == into.id)
        .where(Proposal.campaign_id == campaign_id)
        .order_by(Proposal.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    yield from session.execute(found)
