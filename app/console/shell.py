"""What stands around every page of the console: where one is, who one is, what the campaign is at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request

from app.campaigns import queries as campaigns
from app.campaigns.queries import NoCampaign
from app.campaigns.rules import PHASE_TITLES
from app.console.nav import NAV, Entry, offered, under
from app.console.session import Notice, notice_in
from app.console.visiting import Visit, visit_if_any
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import ROLE_TITLES


@dataclass(frozen=True)
class Standing:
    """The campaign in the banner."""

    title: str
    phase: str
    by_hand: bool


@dataclass(frozen=True)
class Shell:
    """`rehearsal` is the time of the calendar where it is shifted, else None."""

    who: Account
    roles: str
    token: str
    entries: Sequence[Entry]
    at: Entry | None
    standing: Standing | None
    rehearsal: datetime | None
    notice: Notice | None
    zone: ZoneInfo


def shell_of(request: Request) -> Shell | None:
    """None while nobody is signed in: such a page has no way to anywhere."""
    here: Installation = request.app.state.installation
    visit = visit_if_any(request, here)
    return _around(request, here, visit) if visit else None


def _around(request: Request, here: Installation, visit: Visit) -> Shell:
    return Shell(
        who=visit.account,
        roles="、".join(ROLE_TITLES[role] for role in ROLE_TITLES if role in visit.account.roles),
        token=visit.token,
        entries=offered(visit.account),
        at=under(request.url.path, NAV),
        standing=_standing(here),
        rehearsal=here.clock.now() if here.clock.offset != timedelta(0) else None,
        notice=notice_in(request.cookies),
        zone=here.settings.zone,
    )


def _standing(here: Installation) -> Standing | None:
    with here.database.reading() as session:
        try:
            campaign = campaigns.current(session, here.clock)
        except NoCampaign:
            return None
    return Standing(campaign.definition.title, PHASE_TITLES[campaign.phase], campaign.phase_by_hand)
