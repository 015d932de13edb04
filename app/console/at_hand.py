"""What the pages of sifting are about: the campaign at hand, and the proposals that addresses and fields name."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.errors import Invalid, NotFound
from app.installation import Installation
from app.proposals import numbers, queries
from models import Proposal
from models.enums import IntakeChannel

NUMBER = re.compile(r"SS\d{4}-\d{4,9}")
BETWEEN = re.compile(r"[\s,，、;；]+")
ROUTES: Mapping[IntakeChannel, str] = MappingProxyType(
    {
        IntakeChannel.WECHAT: "职工网上提案",
        IntakeChannel.ORGANISATION: "工会推荐",
        IntakeChannel.DEPARTMENT: "机关部室推荐",
    }
)


def proposal_number(number: str) -> str:
    """What can be no number is not even looked for. Raises NotFound."""
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


def proposals_by(session: Session, wanted: Iterable[str]) -> list[Proposal]:
    """In the order of `wanted`. Raises NotFound."""
    return [proposal_by(session, number) for number in wanted]


def numbers_in(year: int, *typed: str) -> list[str]:
    """The numbers that were typed or chosen, in any way they are written, each once. Raises Invalid."""
    words = [word for text in typed for word in BETWEEN.split(text) if word]
    read = {word: numbers.parse(word, year) for word in words}
    if unread := [word for word, number in read.items() if number is None]:
        raise Invalid(f"“{unread[0][:20]}”不像提案编号；编号的样子是 SS{year}-0001，写 1 也行。")
    return list(dict.fromkeys(number for number in read.values() if number))


def numbers_chosen(form: FormData, field: str = "number") -> list[str]:
    """The numbers of the boxes that were ticked, or of what the page held anyway."""
    return [number for number in form.getlist(field) if isinstance(number, str) and NUMBER.fullmatch(number)]


def campaign_of(session: Session, proposal: Proposal, here: Installation) -> CampaignView:
    return campaigns.by_id(session, proposal.campaign_id, here.clock)


def category_titles(campaign: CampaignView) -> dict[str, str]:
    return {category.key: category.title for category in campaign.definition.categories}


def log_titles(campaign: CampaignView) -> Mapping[str, str]:
    """What the campaign's keys mean where the action log has them: categories, and grounds of a refusal."""
    return category_titles(campaign) | {ground.key: ground.title for ground in campaign.definition.grounds}
