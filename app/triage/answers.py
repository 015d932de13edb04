"""Answers as operators look through them: what waits to be published, what was, and whether it was heard."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.queries import CampaignView
from app.operators import queries as operators
from app.triage import decisions, notices
from app.triage.notices import Heard
from models import Decision, Proposal

SHOWN = 100  # rows of one page


@dataclass(frozen=True)
class Answer:
    """`ground` is the title of the reason from the list; `heard` is about the last notice to the author."""

    decision: Decision
    proposal: Proposal
    operator: str
    ground: str
    heard: Heard


def prepared(session: Session, campaign: CampaignView) -> list[Answer]:
    """All that wait, the oldest first."""
    return _answers(session, campaign, decisions.prepared(session, campaign.id))


def published(session: Session, campaign: CampaignView, before: int | None = None) -> list[Answer]:
    """A page of them, the latest first; `before` is the id of the last decision of the page before."""
    told = (
        select(Decision, Proposal)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(Proposal.campaign_id == campaign.id, Decision.published_at.is_not(None))
        .order_by(Decision.id.desc())
        .limit(SHOWN)
    )
    if before is not None:
        told = told.where(Decision.id < before)
    return _answers(session, campaign, [(row[0], row[1]) for row in session.execute(told)])


def of_proposal(session: Session, campaign: CampaignView, proposal: Proposal) -> list[Answer]:
    """Also what is only prepared, the oldest first."""
    made = decisions.history(session, proposal)
    return _answers(session, campaign, [(decision, proposal) for decision in made])


def _answers(session: Session, campaign: CampaignView, made: Sequence[tuple[Decision, Proposal]]) -> list[Answer]:
    names = operators.names(session, {decision.operator_id for decision, _ in made})
    heard = notices.heard(session, [proposal for _, proposal in made])
    grounds = {ground.key: ground.title for ground in campaign.definition.grounds}
    return [
        Answer(
            decision=decision,
            proposal=proposal,
            operator=names[decision.operator_id],
            ground=grounds.get(decision.ground or "", ""),
            heard=heard[proposal.id],
        )
        for decision, proposal in made
    ]
