"""A reviewer's desk: what wants this reviewer's card, what waits for a colleague's, what is assessed in full."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session

from app.operators.queries import Account
from app.triage import cards, rules
from models import Assessment, Operator, Proposal, SecondLook
from models.enums import ProposalStatus

SHOWN = 20  # rows of one list
CARDS = select(func.count()).where(Assessment.proposal_id == Proposal.id).correlate(Proposal).scalar_subquery()
LOOK = select(func.count()).where(SecondLook.proposal_id == Proposal.id).correlate(Proposal).scalar_subquery()
CARDS_OF_LOOK = (
    select(func.count())
    .where(Assessment.proposal_id == Proposal.id, Assessment.look == LOOK)
    .correlate(Proposal)
    .scalar_subquery()
)
IS_WANTED = case((LOOK == 0, rules.ASSESSMENTS_NEEDED), else_=1) > CARDS_OF_LOOK
ORDER = (CARDS.desc(), Proposal.id)  # nearest to complete first: proposals become ready one after the other


@dataclass(frozen=True)
class Row:
    """`asked` is why a second look is wanted; empty where none is."""

    proposal: Proposal
    given: int
    needed: int
    asked: str


@dataclass(frozen=True)
class Pile:
    """The first of `count` proposals."""

    rows: Sequence[Row]
    count: int


@dataclass(frozen=True)
class Desk:
    to_assess: Pile
    with_colleagues: Pile
    complete: Pile


def desk(session: Session, campaign_id: int, account: Account) -> Desk:
    """What a reviewer finds; a proposal that was asked about is out of it until its author has answered."""
    submitted = (Proposal.campaign_id == campaign_id, Proposal.status == ProposalStatus.SUBMITTED)
    mine = and_(*submitted, _has_card_of(account), IS_WANTED)
    return Desk(
        to_assess=_pile(session, _wanted_of(session, campaign_id, account)),
        with_colleagues=_pile(session, mine),
        complete=_pile(session, and_(*submitted, ~IS_WANTED)),
    )


def next_after(session: Session, campaign_id: int, account: Account, number: str) -> str | None:
    """The number of the proposal to assess next, `number` left aside."""
    wanted = and_(_wanted_of(session, campaign_id, account), Proposal.number != number)
    return session.scalar(select(Proposal.number).where(wanted).order_by(*ORDER).limit(1))


def _wanted_of(session: Session, campaign_id: int, account: Account) -> ColumnElement[bool]:
    """Whether a proposal still needs a card and may have this reviewer's."""
    submitted = and_(Proposal.campaign_id == campaign_id, Proposal.status == ProposalStatus.SUBMITTED)
    unit = session.scalar(select(Operator.unit).where(Operator.id == account.id))
    wanted = and_(submitted, ~_has_card_of(account), IS_WANTED)
    if not unit:
        return wanted
    units = session.scalars(select(Proposal.unit).where(submitted, Proposal.unit.is_not(None)).distinct())
    own = [one for one in units if rules.is_own_unit(unit, one)]
    return and_(wanted, func.coalesce(Proposal.unit, "").not_in(own))


def _has_card_of(account: Account) -> ColumnElement[bool]:
    return exists().where(Assessment.proposal_id == Proposal.id, Assessment.operator_id == account.id)


def _pile(session: Session, which: ColumnElement[bool]) -> Pile:
    count = session.scalar(select(func.count()).select_from(Proposal).where(which)) or 0
    shown = session.scalars(select(Proposal).where(which).order_by(*ORDER).limit(SHOWN)).all()
    standing = cards.counts(session, shown)
    asked = _reasons(session, shown)
    return Pile([Row(one, *standing[one.id], asked.get(one.id, "")) for one in shown], count)


def _reasons(session: Session, proposals: Sequence[Proposal]) -> dict[int, str]:
    """Why a second look was asked for, the last of each."""
    rows = session.execute(
        select(SecondLook.proposal_id, SecondLook.reason)
        .where(SecondLook.proposal_id.in_([one.id for one in proposals]))
        .order_by(SecondLook.id)
    )
    return {row.proposal_id: row.reason for row in rows}
