"""Made-up proposals as rows, for tests of lists, search and sorting."""

from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from app.database import Database
from models import Campaign, Proposal
from models.enums import IntakeChannel, ProposalStatus
from tests.fixtures.clocks import START

_running = count(1)


def add(database: Database, title: str = "加装空调", **said: Any) -> str:
    """One more proposal of the campaign; its number."""
    with database.writing() as session:
        campaign = session.scalars(select(Campaign.id)).one()
        number = said.pop("number", f"SS2018-{next(_running):04d}")
        session.add(proposal(campaign, number, title, **said))
    return str(number)


def proposal(campaign: int, number: str, title: str, **said: Any) -> Proposal:
    unsaid: dict[str, Any] = {
        "channel": IntakeChannel.WECHAT,
        "status": ProposalStatus.SUBMITTED,
        "summary": "夏天很热。",
        "expected_outcome": "大家凉快。",
        "evaluations": [],
        "pictures": [],
        "supplements": [],
        "submitted_at": START,
    }
    return Proposal(campaign_id=campaign, number=number, title=title, **{**unsaid, **said})


def at(day: int) -> datetime:
    return START.replace(day=day)
