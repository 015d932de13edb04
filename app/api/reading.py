"""What the routes of sifting share: the proposal an address names, its campaign, times as they are told."""

import re
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.errors import NotFound
from app.installation import Installation
from app.proposals import queries
from models import Proposal

NUMBER = re.compile(r"SS\d{4}-\d{4,9}")
ID = re.compile(r"[1-9]\d{0,8}")


def proposal_number(number: str) -> str:
    """What can be no number is not even looked for: PostgreSQL takes no NUL in a text. Raises NotFound."""
    if not NUMBER.fullmatch(number):
        raise NotFound("没有这份提案；编号的样子是 SS2018-0001。")
    return number


Number = Annotated[str, Depends(proposal_number)]


def proposal_by(session: Session, number: str) -> Proposal:
    """Raises NotFound."""
    proposal = queries.by_number(session, number)
    if proposal is None:
        raise NotFound(f"没有 {number} 这份提案。")
    return proposal


def row_id(written: str, what: str) -> int:
    """The id in an address. Raises NotFound for what can be none; `what` is a Chinese noun."""
    if not ID.fullmatch(written):
        raise NotFound(f"没有这{what}。")
    return int(written)


def campaign_of(session: Session, proposal: Proposal, installation: Installation) -> CampaignView:
    return campaigns.by_id(session, proposal.campaign_id, installation.clock)


def local(at: datetime, installation: Installation) -> datetime:
    return at.astimezone(installation.settings.zone)
