"""Which proposals are wanted: filtered, searched, counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.proposals import grams, numbers, search
from models import Decision, Draft, Proposal
from models.enums import IntakeChannel, ProposalStatus

NONE = ""  # wanted as a category, unit or assignee: those that have none
COUNTED = 1000  # as far as a list is counted

Fitting = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Wanted:
    """Which proposals; what is None does not narrow, and NONE are those without.

    `words` must all occur in number, title, summary, outcome or unit, or spell title or unit by the initials of
    their pinyin; `year` completes a short number. `unit` is a part of its name. `since` is within, `until` is not.
    `ids`: none but these.
    """

    campaign_id: int | None = None
    status: ProposalStatus | None = None
    channel: IntakeChannel | None = None
    category: str | None = None
    words: tuple[str, ...] = ()
    year: int = 0
    unit: str | None = None
    assignee: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    prepared: bool | None = None
    ids: frozenset[int] | None = None


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
    narrowing = fitting(session, wanted)
    found = select(Proposal).where(Proposal.id > after, *narrowing).order_by(Proposal.id).limit(limit)
    return session.scalars(found).all()


def count(session: Session, narrowing: Fitting) -> int:
    """How many fit; COUNTED + 1 stands for any more."""
    some = select(Proposal.id).where(*narrowing).limit(COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def merged_into(session: Session, proposals: Sequence[Proposal]) -> Mapping[int, str]:
    """The numbers of the proposals that these were merged into, by id."""
    ids = {proposal.merged_into_id for proposal in proposals} - {None}
    rows = session.execute(select(Proposal.id, Proposal.number).where(Proposal.id.in_(ids))) if ids else ()
    return {row.id: row.number for row in rows}


def units(session: Session, campaign_id: int | None) -> Sequence[str]:
    """Every unit that a proposal came from, by name: stepping from each to the next greater in their index."""
    of_campaign = [] if campaign_id is None else [Proposal.campaign_id == campaign_id]
    least = select(func.min(Proposal.unit)).where(*of_campaign)
    steps = select(least.scalar_subquery().label("unit")).cte("steps", recursive=True)
    greater = least.where(Proposal.unit > steps.c.unit).scalar_subquery()
    steps = steps.union_all(select(greater).where(steps.c.unit.is_not(None)))
    return session.scalars(select(steps.c.unit).where(steps.c.unit.is_not(None))).all()


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


def fitting(session: Session, wanted: Wanted) -> Fitting:
    """What a proposal must fulfil. Words and parts of units are looked up here."""
    narrowing = [
        *_exact(Proposal.campaign_id, wanted.campaign_id),
        *_exact(Proposal.status, wanted.status),
        *_exact(Proposal.channel, wanted.channel),
        *_exact(Proposal.category, wanted.category),
        *_exact(Proposal.assignee, wanted.assignee),
    ]
    if wanted.since is not None:
        narrowing.append(Proposal.submitted_at >= wanted.since)
    if wanted.until is not None:
        narrowing.append(Proposal.submitted_at < wanted.until)
    if wanted.prepared is not None:
        waiting = Proposal.id.in_(select(Decision.proposal_id).where(Decision.published_at.is_(None)))
        narrowing.append(waiting if wanted.prepared else ~waiting)
    if wanted.unit is not None:
        narrowing.append(_of_unit(session, wanted, wanted.unit))
    if wanted.ids is not None:
        narrowing.append(Proposal.id.in_(wanted.ids))
    if wanted.words:
        narrowing += _saying(session, wanted)
    return narrowing


def _exact(column: InstrumentedAttribute[Any], value: object) -> list[ColumnElement[bool]]:
    if value is None:
        return []
    return [column.is_(None) if value == NONE else column == value]


def _of_unit(session: Session, wanted: Wanted, part: str) -> ColumnElement[bool]:
    if part == NONE:
        return Proposal.unit.is_(None)
    return Proposal.unit.in_(_units_called(session, wanted, part))


def _units_called(session: Session, wanted: Wanted, part: str) -> Sequence[str]:
    return [unit for unit in units(session, wanted.campaign_id) if grams.mentions(unit, part)]


def _saying(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    """A word of signs only is passed over; nothing is found by signs alone."""
    meant = [word for word in wanted.words if grams.asked(word)]
    return [_says(session, wanted, word) for word in meant] or [false()]


def _says(session: Session, wanted: Wanted, word: str) -> ColumnElement[bool]:
    ways = [search.found(session, grams.asked(word))]
    if number := numbers.parse(word, wanted.year):
        ways.append(select(Proposal.id).where(Proposal.number == number))
    if called := _units_called(session, wanted, word):
        ways.append(
            select(Proposal.id).where(*_exact(Proposal.campaign_id, wanted.campaign_id), Proposal.unit.in_(called))
        )
    return Proposal.id.in_(union_all(*ways) if len(ways) > 1 else ways[0])
