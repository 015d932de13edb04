"""Finding campaigns: the current one, one by its key, all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, Table, bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.definition import Definition
from app.campaigns.loader import from_json
from app.campaigns.rules import ALLOWS, Allowed, collecting_closed_at, phase_at
from app.clock import Clock
from app.errors import NotFound
from app.quick import QUICK
from models import Campaign
from models.enums import PhaseKind

# The definition is large and changes a few times a year: it is left out here and parsed once per stored version.
# Columns of the table, not of the class: a turn of talk asks for the campaign, and mapping would cost it more.
TABLE: Table = Campaign.metadata.tables[Campaign.__tablename__]
COLUMNS = tuple(
    TABLE.c[name] for name in ("id", "key", "loaded_at", "phase_by_hand", "phase_reason", "collecting_closed_at")
)
ALL = select(*COLUMNS).order_by(TABLE.c.key)
BY_KEY = select(*COLUMNS).where(TABLE.c.key == bindparam("key"))
BY_ID = select(*COLUMNS).where(TABLE.c.id == bindparam("id")).execution_options(**QUICK)

_parsed: WeakKeyDictionary[Engine | Connection, dict[int, tuple[datetime, Definition]]] = WeakKeyDictionary()


class NoCampaign(NotFound):
    code = "no_campaign"


@dataclass(frozen=True)
class CampaignView:
    """A campaign as it stands at a moment.

    `collecting_closed_at` is when collecting ended or, by the calendar, will end; None while it is open by hand.
    """

    id: int
    key: str
    definition: Definition
    phase: PhaseKind
    phase_by_hand: bool
    phase_reason: str | None
    collecting_closed_at: datetime | None
    loaded_at: datetime

    @property
    def allows(self) -> Allowed:
        return ALLOWS[self.phase]


def current(session: Session, clock: Clock) -> CampaignView:
    """The campaign that the chat is about. Raises NoCampaign when none is loaded.

    Of those that have begun it is the one whose collecting opens last, so a year's results stay in view until the
    next year's collecting begins; before the first of all, the next to begin. Of equals, the one loaded last.
    """
    campaigns = everyone(session, clock)
    if not campaigns:
        raise NoCampaign("现在还没有征集活动，请过些日子再来看看。")
    begun = [campaign for campaign in campaigns if campaign.phase is not PhaseKind.UPCOMING]
    by_loading = sorted(begun or campaigns, key=lambda campaign: campaign.loaded_at, reverse=True)
    return max(by_loading, key=_opens_at) if begun else min(by_loading, key=_opens_at)


def by_key(session: Session, key: str, clock: Clock) -> CampaignView:
    """Raises NoCampaign."""
    return _view_of(session, session.execute(BY_KEY, {"key": key}).first(), clock, f"没有“{key}”这个活动。")


def by_id(session: Session, campaign_id: int, clock: Clock) -> CampaignView:
    """Raises NoCampaign."""
    return _view_of(session, session.execute(BY_ID, {"id": campaign_id}).first(), clock, "这个活动已经不在了。")


def everyone(session: Session, clock: Clock) -> Sequence[CampaignView]:
    """All campaigns, in the order of their keys."""
    rows = session.execute(ALL)
    return [_view(session, row, clock) for row in rows]


def _view_of(session: Session, row: Row[Any] | None, clock: Clock, missing: str) -> CampaignView:
    if row is None:
        raise NoCampaign(missing)
    return _view(session, row, clock)


def _view(session: Session, row: Row[Any], clock: Clock) -> CampaignView:
    definition = _definition(session, row.id, row.loaded_at)
    return CampaignView(
        id=row.id,
        key=row.key,
        definition=definition,
        phase=row.phase_by_hand or phase_at(definition.phases, clock.now()),
        phase_by_hand=row.phase_by_hand is not None,
        phase_reason=row.phase_reason,
        collecting_closed_at=collecting_closed_at(definition.phases, row.phase_by_hand, row.collecting_closed_at),
        loaded_at=row.loaded_at,
    )


def _definition(session: Session, campaign_id: int, loaded_at: datetime) -> Definition:
    """Parsed once per stored version; of each database and campaign only the last version is kept."""
    parsed = _parsed.setdefault(session.get_bind(), {})
    version, definition = parsed.get(campaign_id, (None, None))
    if definition is None or version != loaded_at:
        definition = from_json(
            session.scalars(select(Campaign.definition).where(Campaign.id == campaign_id)).one()
        )
        parsed[campaign_id] = loaded_at, definition
    return definition


def _opens_at(campaign: CampaignView) -> datetime:
    opens_at = campaign.definition.phases[0].opens_at
    assert opens_at is not None  # only publishing may lack a date
    return opens_at
