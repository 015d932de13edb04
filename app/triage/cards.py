"""Reading the reviewers' cards: who may see which, what they come to, which are still wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.definition import Criterion
from app.operators.queries import Account
from app.operators.rules import Power
from app.triage import rules
from app.triage.families import below
from app.triage.rules import Card, Result
from models import Assessment, Operator, Proposal, SecondLook


@dataclass(frozen=True)
class Given:
    """One reviewer's card, as far as it may be seen."""

    id: int
    operator_id: int
    operator: str
    look: int
    card: Card
    assessed_at: datetime


@dataclass(frozen=True)
class Asked:
    """A second look and who asked for it."""

    look: SecondLook
    operator: str


@dataclass(frozen=True)
class AssessmentSheet:
    """What one account sees of a proposal's assessment.

    `cards` are all of them when they are `revealed`, else the own one. `refusal`: why the account may not assess.
    """

    cards: tuple[Given, ...]
    own: Given | None
    results: tuple[Result, ...]
    given: int
    needed: int
    revealed: bool
    refusal: str
    second_looks: tuple[Asked, ...]

    @property
    def is_complete(self) -> bool:
        return self.given >= self.needed

    @property
    def takes_card(self) -> bool:
        """Whether the account may hand in a card, or replace its own that nobody else could have read."""
        if self.refusal or self.is_complete:
            return False
        return self.own is None or self.own.look == len(self.second_looks)


def sheet(
    session: Session, proposal: Proposal, account: Account, criteria: Sequence[Criterion]
) -> AssessmentSheet:
    """What `account` may see of the cards of `proposal`."""
    given = _cards(session, proposal)
    asked = second_looks(session, proposal)
    own = next((one for one in given if one.operator_id == account.id), None)
    may_assess = account.may(Power.ASSESS)
    needed = _needed([one.look for one in given], len(asked))
    revealed = rules.sees_others(len(given), needed, own=own is not None, may_assess=may_assess)
    shown = given if revealed else tuple(one for one in given if one is own)
    return AssessmentSheet(
        cards=shown,
        own=own,
        results=rules.results(criteria, [one.card for one in shown] if revealed else []),
        given=len(given),
        needed=needed,
        revealed=revealed,
        refusal=refusal(session, proposal, account),
        second_looks=asked,
    )


def second_looks(session: Session, proposal: Proposal) -> tuple[Asked, ...]:
    rows = session.execute(
        select(SecondLook, Operator.name)
        .join(Operator, Operator.id == SecondLook.operator_id)
        .where(SecondLook.proposal_id == proposal.id)
        .order_by(SecondLook.id)
    )
    return tuple(Asked(row[0], row[1]) for row in rows)


def counts(session: Session, proposals: Sequence[Proposal]) -> Mapping[int, tuple[int, int]]:
    """(cards that are in, cards that are needed) of each proposal, by id."""
    ids = [proposal.id for proposal in proposals]
    given: dict[int, list[int]] = {one: [] for one in ids}
    for row in session.execute(
        select(Assessment.proposal_id, Assessment.look).where(Assessment.proposal_id.in_(ids))
    ):
        given[row.proposal_id].append(row.look)
    asked = _asked(session, ids)
    return {one: (len(looks), _needed(looks, asked.get(one, 0))) for one, looks in given.items()}


def standing(session: Session, proposal: Proposal) -> tuple[int, int]:
    """(cards that are in, cards that are needed)."""
    return counts(session, [proposal])[proposal.id]


def look_at(session: Session, proposal: Proposal) -> int:
    """How many second looks were asked for: a card handed in now belongs to the last of them."""
    return _asked(session, [proposal.id]).get(proposal.id, 0)


def refusal(session: Session, proposal: Proposal, account: Account) -> str:
    """Why this account may not assess this proposal; empty when it may."""
    if not account.may(Power.ASSESS):
        return "您的角色不参加评审。"
    own, family = _unit(session, account), [proposal, *below(session, proposal)]
    if any(rules.is_own_unit(own, each.unit) for each in family):
        return "这里有您自己单位的提案，请由别的同事来评审。"
    return ""


def _cards(session: Session, proposal: Proposal) -> tuple[Given, ...]:
    rows = session.execute(
        select(Assessment, Operator.name)
        .join(Operator, Operator.id == Assessment.operator_id)
        .where(Assessment.proposal_id == proposal.id)
        .order_by(Assessment.id)
    )
    return tuple(
        Given(
            id=row.id,
            operator_id=row.operator_id,
            operator=name,
            look=row.look,
            card=Card(row.scores, row.reasons, row.conclusion),
            assessed_at=row.assessed_at,
        )
        for row, name in rows
    )


def _unit(session: Session, account: Account) -> str | None:
    return session.scalar(select(Operator.unit).where(Operator.id == account.id))


def _needed(looks: Sequence[int], asked: int) -> int:
    """`looks` says of each card that is in how many second looks had been asked for; by now it is `asked`."""
    return rules.needed(asked, sum(look < asked for look in looks))


def _asked(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """How many second looks were asked for, by the id of the proposal; without any it is left out."""
    column = SecondLook.proposal_id
    rows = session.execute(select(column, func.count()).where(column.in_(ids)).group_by(column))
    return {row[0]: row[1] for row in rows}
