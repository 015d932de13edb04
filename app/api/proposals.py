"""/proposals: listing, searching, reading and sorting them; of persons only what the caller may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import cursors, schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.campaigns import refuse_impossible
from app.api.reading import Number, proposal_by
from app.campaigns import queries as campaigns
from app.crypto import Keyring
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power, Shown, Sight, reveal
from app.proposals import listing, sorting
from app.proposals.listing import Wanted
from app.proposals.service import phone_of
from models import Follower, Proposal

router = APIRouter(prefix="/proposals", tags=["proposals"])


@router.get("")
def some_proposals(
    query: Annotated[schemas.ProposalQuery, Query()], installation: Shared, account: Caller
) -> schemas.Proposals:
    """The proposals that fit all that is asked for, the oldest first."""
    keyring = installation.keyring
    with installation.database.reading() as session:
        wanted = _wanted(session, query, installation)
        after = cursors.read(keyring, wanted, query.cursor)
        found = listing.page(session, wanted, after=after, limit=query.limit + 1)
        page = found[: query.limit]
        items = Showing(session, account.sight, installation).all(page)
    more = len(found) > len(page)
    return schemas.Proposals(items=items, next_cursor=cursors.make(keyring, wanted, page[-1].id) if more else None)


@router.get("/{number}")
def one_proposal(number: Number, installation: Shared, account: Caller) -> schemas.Proposal:
    return read(number, installation, account)


@router.patch("/{number}")
def sort_proposal(
    number: Number,
    change: schemas.ProposalChange,
    installation: Shared,
    account: Annotated[Account, Depends(allowed(Power.CLASSIFY))],
) -> schemas.Proposal:
    """Set the category or who looks after it."""
    changes, who, clock = change.model_dump(exclude_unset=True), account.actor, installation.clock
    installation.write(lambda session: sorting.sort(session, number, changes, actor=who, clock=clock))
    return read(number, installation, account)


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
        return [
            self._one(
                proposal,
                keys[proposal.campaign_id],
                numbers.get(proposal.merged_into_id or 0),
                openids.get(proposal.follower_id or 0),
            )
            for proposal in proposals
        ]

    def _one(self, proposal: Proposal, campaign: str, into: str | None, openid: str | None) -> schemas.Proposal:
        zone, amended = self.installation.settings.zone, proposal.amended_at
        support = listing.support(proposal)
        return schemas.Proposal(
            number=proposal.number,
            campaign=campaign,
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
            unit=proposal.unit,
            trade=proposal.trade,
            proposer=self._proposer(proposal, openid),
            pictures=len(proposal.pictures),
            supporters=support.supporters,
            merged_into=into,
            candidates=list(support.candidates),
            submitted_at=proposal.submitted_at.astimezone(zone),
            amended_at=amended.astimezone(zone) if amended else None,
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


def _wanted(session: Session, query: schemas.ProposalQuery, installation: Installation) -> Wanted:
    campaign_id = None
    if query.campaign is not None:
        refuse_impossible(query.campaign)
        campaign_id = campaigns.by_key(session, query.campaign, installation.clock).id
    words = tuple((query.q or "").split())
    return Wanted(campaign_id, query.status, query.channel, query.category, words)


def read(number: str, installation: Installation, account: Account) -> schemas.Proposal:
    with installation.database.reading() as session:
        return Showing(session, account.sight, installation).all([proposal_by(session, number)])[0]
