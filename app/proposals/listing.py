"""Proposals as lists: filtered, searched, page by page, and counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Draft, Proposal
from models.enums import IntakeChannel, ProposalStatus

SEARCHED = (Proposal.number, Proposal.title, Proposal.summary, Proposal.expected_outcome, Proposal.unit)


@dataclass(frozen=True)
class Wanted:
    """Which proposals; what is None does not narrow. `words` must all occur, anywhere in what is SEARCHED."""

    campaign_id: int | None = None
    status: ProposalStatus | None = None
    channel: IntakeChannel | None = None
    category: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Support:
    """Who stands behind a proposal, and the keys of the candidates it became part of."""

    supporters: int = 0
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counts:
    """How many of a campaign's proposals there are, in all and by each word; drafts are told as a number only."""

    proposals: int
    drafts: int
    by_status: Mapping[str, int]
    by_channel: Mapping[str, int]
    by_category: Mapping[str, int]


def page(session: Session, wanted: Wanted, *, after: int, limit: int) -> Sequence[Proposal]:
    """The next `limit` proposals, the oldest first, whose id is greater than `after`."""
    found = select(Proposal).where(Proposal.id > after, *_conditions(wanted)).order_by(Proposal.id).limit(limit)
    return session.scalars(found).all()


def merged_into(session: Session, proposals: Sequence[Proposal]) -> Mapping[int, str]:
    """The numbers of the proposals that these were merged into, by id."""
    ids = {proposal.merged_into_id for proposal in proposals} - {None}
    rows = session.execute(select(Proposal.id, Proposal.number).where(Proposal.id.in_(ids))) if ids else ()
    return {row.id: row.number for row in rows}


def support(_proposal: Proposal) -> Support:
    """There are no tables of co-signers or candidates yet, so nobody has supported and nothing was chosen."""
    return Support()


def counts(session: Session, campaign_id: int) -> Counts:
    of_campaign = Proposal.campaign_id == campaign_id
    by_status = _by(session, Proposal.status, of_campaign)
    begun = select(func.count()).where(Draft.campaign_id == campaign_id, Draft.proposal_id.is_(None))
    return Counts(
        proposals=sum(by_status.values()),
        drafts=session.scalar(begun) or 0,
        by_status={status.value: by_status.get(status, 0) for status in ProposalStatus},
        by_channel=_all_channels(_by(session, Proposal.channel, of_campaign)),
        by_category=_by(session, Proposal.category, and_(of_campaign, Proposal.category.is_not(None))),
    )


def _all_channels(found: Mapping[IntakeChannel, int]) -> Mapping[str, int]:
    return {channel.value: found.get(channel, 0) for channel in IntakeChannel}


def _by(session: Session, column: InstrumentedAttribute[Any], condition: ColumnElement[bool]) -> dict[Any, int]:
    rows = session.execute(select(column, func.count()).where(condition).group_by(column))
    return {row[0]: row[1] for row in rows}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    exact: tuple[tuple[InstrumentedAttribute[Any], object], ...] = (
        (Proposal.campaign_id, wanted.campaign_id),
        (Proposal.status, wanted.status),
        (Proposal.channel, wanted.channel),
        (Proposal.category, wanted.category),
    )
    narrowing = [column == value for column, value in exact if value is not None]
    return [*narrowing, *(_mentions(word) for word in wanted.words)]


def _mentions(word: str) -> ColumnElement[bool]:
    return or_(*(column.icontains(word, autoescape=True) for column in SEARCHED))
