"""What the address of the board asks for: read, written again, and turned into what the room knows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from app.campaigns.queries import CampaignView
from app.operators.queries import Account
from app.proposals.listing import NONE, Wanted
from app.proposals.paging import Order
from models.enums import IntakeChannel, ProposalStatus

WITHOUT = "none"
MINE = "me"
YES, NO = "yes", "no"
LONGEST = 100
WORDS = {
    "status": frozenset(ProposalStatus),
    "route": frozenset(IntakeChannel),
    "sort": frozenset(Order),
    "prepared": frozenset({YES, NO}),
    "similar": frozenset({YES}),
}


@dataclass(frozen=True)
class Asked:
    """The fields of the filter as they stand in the address; empty ones do not narrow. None is personal.

    `category`, `unit` and `assignee` may be "none", `assignee` also "me"; `since` and `until` are days, both
    within.
    """

    q: str = ""
    status: str = ""
    route: str = ""
    category: str = ""
    unit: str = ""
    assignee: str = ""
    since: str = ""
    until: str = ""
    similar: str = ""
    prepared: str = ""
    sort: str = ""

    @property
    def fields(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def address(self) -> str:
        return urlencode(self.fields)

    @property
    def order(self) -> Order:
        return Order(self.sort) if self.sort else Order.NEWEST

    def address_with(self, **places: str) -> str:
        return urlencode({**self.fields, **places})

    def wanted(
        self, campaign: CampaignView, who: Account, zone: ZoneInfo, similar: frozenset[int] | None
    ) -> Wanted:
        return Wanted(
            campaign_id=campaign.id,
            status=ProposalStatus(self.status) if self.status else None,
            channel=IntakeChannel(self.route) if self.route else None,
            category=_or_none(self.category),
            words=tuple(self.q.split()),
            year=campaign.definition.year,
            unit=_or_none(self.unit),
            assignee=who.name if self.assignee == MINE else _or_none(self.assignee),
            since=_midnight(self.since, zone),
            until=_midnight(self.until, zone, days=1),
            prepared={YES: True, NO: False}.get(self.prepared),
            ids=similar,
        )


def read(sent: Mapping[str, str]) -> Asked:
    """What makes no sense is left out, as an empty field is."""
    known = {field.name: sent.get(field.name, "").strip()[:LONGEST] for field in fields(Asked)}
    return Asked(**{name: value for name, value in known.items() if _makes_sense(name, value)})


def read_address(address: str) -> Asked:
    return read(dict(parse_qsl(address)))


def _makes_sense(name: str, value: str) -> bool:
    if name in ("since", "until"):
        return _day(value) is not None
    return name not in WORDS or value in WORDS[name]


def _or_none(value: str) -> str | None:
    return NONE if value == WITHOUT else value or None


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _midnight(value: str, zone: ZoneInfo, days: int = 0) -> datetime | None:
    day = _day(value)
    return None if day is None else datetime.combine(day + timedelta(days=days), time(0), zone)
