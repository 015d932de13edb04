"""Sorting proposals: into which category one belongs, and who looks after it."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.definition import Definition
from app.campaigns.rules import require
from app.clock import Clock
from app.errors import Invalid, NotFound
from app.operators import log
from models import Draft, Follower, Operator, Proposal


def sort(
    session: Session, number: str, changes: Mapping[str, str | None], *, actor: str, clock: Clock
) -> Proposal:
    """Set whichever of `category` and `assignee` is named; None takes it away. Each change is in the action log.

    Raises NotFound, PhaseClosed, or Invalid for a category the campaign has not or an operator there is not.
    """
    _lock_author(session, number)
    proposal = session.scalar(select(Proposal).where(Proposal.number == number).with_for_update())
    if proposal is None:
        raise NotFound(f"没有 {number} 这份提案。")
    campaign = campaigns.by_id(session, proposal.campaign_id, clock)
    require(campaign.allows.sort, campaign.phase, "给提案分类")
    _check(session, campaign.definition, changes)
    detail = _differences(proposal, changes)
    if not detail:
        return proposal
    if "category" in detail:
        _tell_amendment(session, proposal, changes["category"])
    for field in detail:
        setattr(proposal, field, changes[field])
    session.flush()
    log.record(
        session, actor=actor, verb="proposal.sort", subject=f"proposal:{number}", detail=detail, clock=clock
    )
    return proposal


def _lock_author(session: Session, number: str) -> None:
    """Before the proposal, as the chat and the page do: they are writing in the draft that may be amending it."""
    author = select(Proposal.follower_id).where(Proposal.number == number).scalar_subquery()
    session.execute(select(Follower.id).where(Follower.id == author).with_for_update())


def _tell_amendment(session: Session, proposal: Proposal, category: str | None) -> None:
    """An amendment begun before goes on from the new category, unless its author has chosen another."""
    for draft in session.scalars(select(Draft).where(Draft.proposal_id == proposal.id)):
        answers = draft.state["answers"]
        if answers.get("category") == proposal.category:
            draft.state = {**draft.state, "answers": {**answers, "category": category}}


def _check(session: Session, definition: Definition, changes: Mapping[str, str | None]) -> None:
    category, assignee = changes.get("category"), changes.get("assignee")
    known = [each.key for each in definition.categories]
    if category is not None and category not in known:
        raise Invalid(f"没有“{category}”这个类别，可以写：{'、'.join(known)}。")
    active = select(Operator.id).where(Operator.name == assignee, Operator.disabled_at.is_(None))
    if assignee is not None and session.scalar(active) is None:
        raise Invalid(f"没有叫“{assignee}”的操作员。")


def _differences(proposal: Proposal, changes: Mapping[str, str | None]) -> dict[str, dict[str, str | None]]:
    return {
        field: {"from": before, "to": after}
        for field, after in changes.items()
        if (before := getattr(proposal, field)) != after
    }
