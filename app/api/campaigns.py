"""/campaigns: the yearly event, its phase and how many proposals there are."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.api import schemas
from app.api.authorisation import Caller, Shared, allowed
from app.campaigns import queries
from app.campaigns.definition import PhaseWindow
from app.campaigns.queries import CampaignView, NoCampaign
from app.campaigns.table import KEY
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals import listing
from app.triage import phases

router = APIRouter(prefix="/campaigns", tags=["campaigns"])


@router.get("")
def all_campaigns(installation: Shared, _caller: Caller) -> schemas.Campaigns:
    """All campaigns there have been."""
    with installation.database.reading() as session:
        views = queries.everyone(session, installation.clock)
        items = [_shown(session, view, installation) for view in views]
    return schemas.Campaigns(items=items, next_cursor=None)


@router.get("/{key}")
def one_campaign(key: str, installation: Shared, _caller: Caller) -> schemas.Campaign:
    return _read(key, installation)


@router.post("/{key}/phase")
def set_phase(
    key: str,
    change: schemas.PhaseChange,
    installation: Shared,
    account: Annotated[Account, Depends(allowed(Power.SET_PHASE))],
) -> schemas.Campaign:
    """Set the phase by hand; `auto` goes back to the calendar."""
    refuse_impossible(key)
    who, clock = account.actor, installation.clock
    installation.write(
        lambda session: phases.set_phase(session, key, change.phase, change.reason, actor=who, clock=clock)
    )
    return _read(key, installation)


def refuse_impossible(key: str) -> None:
    """What can be no key is not even looked for: PostgreSQL takes no NUL in a text. Raises NoCampaign."""
    if not KEY.fullmatch(key):
        raise NoCampaign("没有这个活动。")


def _read(key: str, installation: Installation) -> schemas.Campaign:
    refuse_impossible(key)
    with installation.database.reading() as session:
        return _shown(session, queries.by_key(session, key, installation.clock), installation)


def _shown(session: Session, view: CampaignView, installation: Installation) -> schemas.Campaign:
    definition = view.definition
    return schemas.Campaign(
        key=view.key,
        title=definition.title,
        year=definition.year,
        phase=view.phase,
        phase_by_hand=view.phase_by_hand,
        phase_reason=view.phase_reason,
        phases=[_phase(window, installation) for window in definition.phases],
        categories=[schemas.Category(**asdict(category)) for category in definition.categories],
        criteria=[schemas.Criterion(key=c.key, title=c.title, kind=c.kind) for c in definition.criteria],
        counts=schemas.CampaignCounts(**asdict(listing.counts(session, view.id))),
    )


def _phase(window: PhaseWindow, installation: Installation) -> schemas.Phase:
    def local(at: datetime | None) -> datetime | None:
        return at.astimezone(installation.settings.zone) if at else None

    return schemas.Phase(kind=window.kind, opens_at=local(window.opens_at), closes_at=local(window.closes_at))
