"""Proposals as JSON, with as much of the person as the caller may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import schemas
from app.api.reading import local
from app.campaigns import queries as campaigns
from app.crypto import Keyring
from app.installation import Installation
from app.operators.rules import Shown, Sight, reveal
from app.proposals import listing, supporting
from app.proposals.service import phone_of
from app.triage import lineage
from models import Follower, Proposal


@dataclass(frozen=True)
class Around:
    """What stands elsewhere about a proposal."""

    campaign: str
    merged_into: str | None
    openid: str | None
    supporters: int
    candidates: Sequence[str]


@dataclass(frozen=True)
class Showing:
    """Turns proposals into JSON, with as much of the person as `sight` allows."""

    session: Session
    sight: Sight
    installation: Installation

    def all(self, proposals: Sequence[Proposal]) -> list[schemas.Proposal]:
        """A few statements, however many proposals."""
        keys = {view.id: view.key for view in campaigns.everyone(self.session, self.installation.clock)}
        numbers = listing.merged_into(self.session, proposals)
        openids = self._openids(proposals)
        supporters = supporting.counts(self.session, proposals)
        candidates = lineage.candidate_ids(self.session, proposals)
        return [
            self._one(
                proposal,
                Around(
                    campaign=keys[proposal.campaign_id],
                    merged_into=numbers.get(proposal.merged_into_id or 0),
                    openid=openids.get(proposal.follower_id or 0),
                    supporters=supporters[proposal.id],
                    candidates=candidates[proposal.id],
                ),
            )
            for proposal in proposals
        ]

    def _one(self, proposal: Proposal, around: Around) -> schemas.Proposal:
        return schemas.Proposal(
            number=proposal.number,
            campaign=around.campaign,
            channel=proposal.channel,
            status=proposal.status,
            status_reason=proposal.status_reason,
            category=proposal.category,
            assignee=proposal.assignee,
            title=proposal.title,
            summary=proposal.summary,
            expected_outcome=proposal.expected_outcome,
            evaluations=[schemas.Evaluation.model_validate(given) for given in proposal.evaluations],
            evaluation_text=proposal.evaluation_text,
            supplements=[schemas.Supplement.model_validate(added) for added in proposal.supplements],
            further=[schemas.FurtherAnswer.model_validate(given) for given in proposal.further if given["said"]],
            unit=proposal.unit,
            trade=proposal.trade,
            proposer=self._proposer(proposal, around.openid),
            pictures=len(proposal.pictures),
            supporters=around.supporters,
            merged_into=around.merged_into,
            candidates=list(around.candidates),
            submitted_at=local(proposal.submitted_at, self.installation),
            amended_at=local(proposal.amended_at, self.installation) if proposal.amended_at else None,
        )

    def _proposer(self, proposal: Proposal, openid: str | None) -> schemas.Proposer:
        return schemas.Proposer(
            name=reveal(proposal.proposer_name, self.sight.name),
            phone=shown_phone(proposal, self.sight, self.installation.keyring),
            openid=reveal(openid, self.sight.openid),
        )

    def _openids(self, proposals: Sequence[Proposal]) -> dict[int, str]:
        if self.sight.openid is Shown.NOTHING:
            return {}
        ids = {proposal.follower_id for proposal in proposals} - {None}
        rows = self.session.execute(select(Follower.id, Follower.openid).where(Follower.id.in_(ids)))
        return {row.id: row.openid for row in rows}


def shown_phone(proposal: Proposal, sight: Sight, keyring: Keyring) -> str | None:
    """A number nobody is to see is not even opened."""
    shown = sight.phone_of(proposal.channel)
    return None if shown is Shown.NOTHING else reveal(phone_of(proposal, keyring), shown)
