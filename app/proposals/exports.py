"""The proposals of a campaign as a table under the headings of the notice's form, or as filled forms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session, aliased

from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.crypto import Keyring
from app.operators import log
from app.proposals import listing, supporting
from app.proposals.evaluation import show_evaluation
from app.proposals.further import said_in
from app.proposals.papers import Filling
from app.proposals.service import phone_of
from app.proposals.sheets import ENCODINGS, Csv, Sheet, Xlsx
from models import ImportedForm, Proposal
from models.enums import IntakeChannel, ProposalStatus

ROWS_AT_ONCE = 500
LONG, SHORT = 50, 16  # characters wide
WORD = ".docx"
FORMATS = (".xlsx", ".csv", WORD)
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
class Scope:
    """Which proposals; what is empty does not narrow."""

    statuses: frozenset[ProposalStatus] = frozenset()
    channels: frozenset[IntakeChannel] = frozenset()
    numbers: frozenset[str] = frozenset()

    def conditions(self) -> list[ColumnElement[bool]]:
        narrowing = (
            (Proposal.status, self.statuses),
            (Proposal.channel, self.channels),
            (Proposal.number, self.numbers),
        )
        return [column.in_(sorted(words)) for column, words in narrowing if words]


ALL = Scope()


@dataclass(frozen=True)
class Table:
    """What the table tells. Only with `keyring` does it tell names and telephone numbers."""

    campaign: CampaignView
    zone: ZoneInfo
    keyring: Keyring | None = None

    def filling(self, proposal: Proposal, filled_on: date | None) -> Filling:
        """A proposal as the form on paper has it."""
        name, phone = self._person(proposal) or ("", "")
        submitted = proposal.submitted_at.astimezone(self.zone).date()
        return Filling(
            proposer=proposal.unit or "",
            title=proposal.title,
            summary="\n".join([_with_supplements(proposal), *said_in(proposal.further)]),
            expected_outcome=proposal.expected_outcome,
            evaluation=self._evaluation(proposal),
            filler=name,
            phone=phone,
            filled_on=filled_on or submitted,
            number=proposal.number,
        )

    def headings(self) -> list[tuple[str, int]]:
        """Each with the width of its column."""
        said = self.campaign.definition.wording
        fields = [(said[key].name, LONG) for key in FORM_FIELDS]
        personal = [(said[key].name, SHORT) for key in ("name", "phone")] if self.keyring else []
        before = [(title, SHORT) for title in ("编号", "来源", "状态", said["category"].name)]
        trade = ("行业/工种", SHORT)
        after = ("图片", "支持人数", "提交时间", "修改时间", "经办人", "合并到", "办理意见")
        unit = (said["unit"].name, SHORT)
        further = [(one.wording.name, SHORT if one.options else LONG) for one in self.campaign.definition.further]
        return [*before, *fields, *further, unit, trade, *personal, *((title, SHORT) for title in after)]

    def row(self, proposal: Proposal, merged_into: str | None, supporters: int) -> list[str]:
        return [
            proposal.number,
            CHANNEL_TITLES[proposal.channel],
            STATUS_TITLES[proposal.status],
            self._category(proposal.category),
            proposal.title,
            _with_supplements(proposal),
            proposal.expected_outcome,
            self._evaluation(proposal),
            *self._further(proposal),
            proposal.unit or "",
            self._trade(proposal.trade),
            *self._person(proposal),
            f"{len(proposal.pictures)} 张" if proposal.pictures else "",
            str(supporters) if supporters else "",
            self._moment(proposal.submitted_at),
            self._moment(proposal.amended_at),
            proposal.assignee or "",
            merged_into or "",
            proposal.status_reason or "",
        ]

    def _evaluation(self, proposal: Proposal) -> str:
        evaluation = {"ratings": proposal.evaluations, "text": proposal.evaluation_text or ""}
        return show_evaluation({"evaluation": evaluation})

    def _further(self, proposal: Proposal) -> list[str]:
        said = {one["key"]: one["said"] for one in proposal.further}
        return [said.get(asked.key, "") for asked in self.campaign.definition.further]

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


def write(session: Session, table: Table, path: Path, scope: Scope = ALL, encoding: str = ENCODINGS[0]) -> int:
    """Write the proposals of `scope`, the oldest first, to `path`. How many there were.

    The ending of `path` is one of FORMATS; `encoding` is for .csv.
    """
    if path.suffix.lower() == WORD:
        from app.proposals import word  # what it needs takes 15 MB, and most processes never write a form

        return word.write(table.campaign.definition, _fillings(session, table, scope), path)
    headings = table.headings()
    count = 0
    with _sheet(path, headings, encoding) as sheet:
        for chunk in _chunks(session, table.campaign.id, scope):
            supporters = supporting.counts(session, [proposal for proposal, _ in chunk])
            for proposal, merged_into in chunk:
                sheet.add(table.row(proposal, merged_into, supporters[proposal.id]))
            count += len(chunk)
        sheet.sum_up("汇总", _figures(session, table.campaign))
    return count


def note(session: Session, table: Table, ending: str, rows: int, reason: str, *, actor: str, clock: Clock) -> None:
    """Who took out what, and whether persons were in it. Whoever gives personal data out asks for a reason."""
    detail = {"rows": rows, "format": ending.lower(), "personal": table.keyring is not None, "reason": reason}
    subject = f"campaign:{table.campaign.key}"
    log.record(session, actor=actor, verb="proposals.export", subject=subject, detail=detail, clock=clock)


def _sheet(path: Path, headings: Sequence[tuple[str, int]], encoding: str) -> Sheet:
    titles, widths = [heading[0] for heading in headings], [heading[1] for heading in headings]
    if path.suffix.lower() == ".csv":
        return Csv(path, titles, widths, encoding)
    return Xlsx(path, titles, widths)


def _chunks(session: Session, campaign_id: int, scope: Scope) -> Iterator[Sequence[Row[Proposal, str | None]]]:
    into = aliased(Proposal)
    found = (
        select(Proposal, into.number)
        .outerjoin(into, Proposal.merged_into_id == into.id)
        .where(Proposal.campaign_id == campaign_id, *scope.conditions())
        .order_by(Proposal.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    yield from session.execute(found).partitions()


def _fillings(session: Session, table: Table, scope: Scope) -> Iterator[tuple[IntakeChannel, Filling]]:
    for chunk in _chunks(session, table.campaign.id, scope):
        dates = _dates(session, [proposal for proposal, _ in chunk])
        for proposal, _ in chunk:
            yield proposal.channel, table.filling(proposal, dates.get(proposal.id))


def _dates(session: Session, proposals: Sequence[Proposal]) -> Mapping[int, date | None]:
    """When the forms that were imported had been filled in."""
    ids = [proposal.id for proposal in proposals]
    rows = session.execute(
        select(ImportedForm.proposal_id, ImportedForm.filled_on).where(ImportedForm.proposal_id.in_(ids))
    )
    return {row.proposal_id: row.filled_on for row in rows}


def _figures(session: Session, campaign: CampaignView) -> Iterator[tuple[str, int | None]]:
    """How many there are in all, and by route, status and category; the whole campaign, whatever was written."""
    counts = listing.counts(session, campaign.id)
    categories = {category.key: category.title for category in campaign.definition.categories}
    yield "提案总数", counts.proposals
    yield "按来源", None
    yield from ((CHANNEL_TITLES[channel], counts.by_channel.get(channel, 0)) for channel in IntakeChannel)
    yield "按状态", None
    yield from ((STATUS_TITLES[status], counts.by_status.get(status, 0)) for status in ProposalStatus)
    yield "按类别", None
    yield from ((title, counts.by_category.get(key, 0)) for key, title in categories.items())


def _with_supplements(proposal: Proposal) -> str:
    """The summary, and what its author added when asked."""
    return "\n".join([proposal.summary, *(f"补充：{added['said']}" for added in proposal.supplements)])
