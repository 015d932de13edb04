"""/proposals: listing, searching, reading and sorting them; of persons only what the caller may see."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from app.api import cursors, schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.campaigns import refuse_impossible
from app.api.reading import Number, proposal_by
from app.api.showing import Showing
from app.campaigns import queries as campaigns
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals import listing, sorting
from app.proposals.listing import Wanted

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
    changes, clock = change.model_dump(exclude_unset=True), installation.clock
    installation.write(lambda session: sorting.sort(session, number, changes, by=account, clock=clock))
    return read(number, installation, account)


def _wanted(session: Session, query: schemas.ProposalQuery, installation: Installation) -> Wanted:
    wanted = Wanted(None, query.status, query.channel, query.category, tuple((query.q or "").split()))
    if query.campaign is None:
        return wanted
    refuse_impossible(query.campaign)
    campaign = campaigns.by_key(session, query.campaign, installation.clock)
    return replace(wanted, campaign_id=campaign.id, year=campaign.definition.year)


def read(number: str, installation: Installation, account: Account) -> schemas.Proposal:
    with installation.database.reading() as session:
        return Showing(session, account.sight, installation).all([proposal_by(session, number)])[0]
