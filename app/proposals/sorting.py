"""Sorting proposals: into which category one belongs, and who looks after it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.definition import Definition
from app.campaigns.rules import require
from app.clock import Clock
from app.errors import Conflict, Invalid, NotFound, ShishiError
from app.operators import log
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals.locking import locked, locked_one
from models import Draft, Operator, Proposal

Changes = Mapping[str, str | None]  # `category`, `assignee` or both; None takes it away


class ChangedMeanwhile(Conflict):
    """Somebody else has changed it since it was shown."""

    code = "changed_meanwhile"


@dataclass(frozen=True)
class Sorted:
    """What became of one proposal of many; `refusal` says why nothing did."""

    number: str
    changed: bool = False
    refusal: str = ""


def sort(
    session: Session, number: str, changes: Changes, *, by: Account, clock: Clock, seen: Changes | None = None
) -> Proposal:
    """Set whichever of `category` and `assignee` is named. Each change is in the action log.

    `seen` is what stood there as the change was decided on. Raises Forbidden, NotFound, PhaseClosed,
    ChangedMeanwhile, or Invalid for a category the campaign has not or an operator there is not.
    """
    by.require(Power.CLASSIFY)
    proposal = locked_one(session, number)
    _refuse_overwriting(proposal, changes, seen or {})
    _sort(session, proposal, changes, by, clock)
    return proposal


def sort_all(
    session: Session, numbers: Collection[str], changes: Changes, *, by: Account, clock: Clock
) -> list[Sorted]:
    """The same for many, each by itself: one that cannot be sorted keeps none of the others from it.

    Raises Forbidden.
    """
    by.require(Power.CLASSIFY)
    there = session.scalars(select(Proposal.number).where(Proposal.number.in_(numbers))).all()
    proposals = locked(session, there)
    return [_sorted(session, proposals.get(number), number, changes, by, clock) for number in numbers]


def _sorted(
    session: Session, proposal: Proposal | None, number: str, changes: Changes, by: Account, clock: Clock
) -> Sorted:
    try:
        if proposal is None:
            raise NotFound(f"没有 {number} 这份提案。")
        return Sorted(number, changed=_sort(session, proposal, changes, by, clock))
    except ShishiError as refusal:  # each is raised before anything is written
        return Sorted(number, refusal=refusal.message)


def _sort(session: Session, proposal: Proposal, changes: Changes, by: Account, clock: Clock) -> bool:
    """Whether anything changed."""
    campaign = campaigns.by_id(session, proposal.campaign_id, clock)
    require(campaign.allows.sort, campaign.phase, "给提案分类")
    _check(session, campaign.definition, changes)
    detail = _differences(proposal, changes)
    if not detail:
        return False
    if "category" in detail:
        _tell_amendment(session, proposal, changes["category"])
    for field in detail:
        setattr(proposal, field, changes[field])
    session.flush()
    subject = f"proposal:{proposal.number}"
    log.record(session, actor=by.actor, verb="proposal.sort", subject=subject, detail=detail, clock=clock)
    return True


def _refuse_overwriting(proposal: Proposal, changes: Changes, seen: Changes) -> None:
    for field, before in seen.items():
        now = getattr(proposal, field)
        if now not in (before, changes.get(field, now)):
            raise ChangedMeanwhile(f"{proposal.number} 刚刚有同事改过，现在的内容在下面，请看过再决定要不要改。")


def _tell_amendment(session: Session, proposal: Proposal, category: str | None) -> None:
    """An amendment begun before goes on from the new category, unless its author has chosen another."""
    for draft in session.scalars(select(Draft).where(Draft.proposal_id == proposal.id)):
        answers = draft.state["answers"]
        if answers.get("category") == proposal.category:
            draft.state = {**draft.state, "answers": {**answers, "category": category}}


def _check(session: Session, definition: Definition, changes: Changes) -> None:
    category, assignee = changes.get("category"), changes.get("assignee")
    known = [each.key for each in definition.categories]
    if category is not None and category not in known:
        raise Invalid(f"没有“{category}”这个类别，可以写：{'、'.join(known)}。")
    active = select(Operator.id).where(Operator.name == assignee, Operator.disabled_at.is_(None))
    if assignee is not None and session.scalar(active) is None:
        raise Invalid(f"没有叫“{assignee}”的操作员。")


def _differences(proposal: Proposal, changes: Changes) -> dict[str, dict[str, str | None]]:
    return {
        field: {"from": before, "to": after}
        for field, after in changes.items()
        if (before := getattr(proposal, field)) != after
    }
