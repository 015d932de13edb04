"""The shapes of the JSON: what is taken, strictly, and what is given."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models.enums import IntakeChannel, PhaseKind, ProposalStatus

Line = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\u0000-\u001f\u007f]*$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\u0000-\u001f\u007f]*$")]


class Request(BaseModel):
    """What somebody sends: nothing is converted, nothing unknown is let pass."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PhaseChange(Request):
    phase: Literal["collecting", "screening", "opinion", "published", "auto"]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class ProposalChange(Request):
    """What is left out stays as it is; null takes it away."""

    category: Name | None = None
    assignee: Name | None = None


class ProposalQuery(BaseModel):
    """An address holds text only, so here numbers are read from it."""

    model_config = ConfigDict(extra="forbid")

    campaign: Name | None = None
    status: ProposalStatus | None = None
    channel: IntakeChannel | None = None
    category: Name | None = None
    q: Line | None = Field(default=None, description="要找的字词，几个之间用空格隔开")
    cursor: Line | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Phase(BaseModel):
    kind: PhaseKind
    opens_at: datetime | None
    closes_at: datetime | None


class Category(BaseModel):
    key: str
    title: str


class Criterion(BaseModel):
    key: str
    title: str
    kind: Literal["principle", "criterion", "requirement"]


class CampaignCounts(BaseModel):
    """Drafts are their authors' alone: nothing is told of them but how many there are."""

    proposals: int
    drafts: int
    by_status: dict[str, int]
    by_channel: dict[str, int]
    by_category: dict[str, int]


class Campaign(BaseModel):
    key: str
    title: str
    year: int
    phase: PhaseKind
    phase_by_hand: bool
    phase_reason: str | None
    phases: list[Phase]
    categories: list[Category]
    criteria: list[Criterion]
    counts: CampaignCounts


class Evaluation(BaseModel):
    """What was said of one of last year's projects, 1 to 5."""

    project: int
    rating: int
    remark: str


class Supplement(BaseModel):
    """What the author added when asked for more."""

    asked: str
    said: str
    at: datetime


class FurtherAnswer(BaseModel):
    """What was answered to a question that this campaign asks beside the notice's own."""

    key: str
    name: str
    said: str


class Proposer(BaseModel):
    """As far as the caller may see it."""

    name: str | None
    phone: str | None
    openid: str | None


class Proposal(BaseModel):
    number: str
    campaign: str
    channel: IntakeChannel
    status: ProposalStatus
    status_reason: str | None
    category: str | None
    assignee: str | None
    title: str
    summary: str
    expected_outcome: str
    evaluations: list[Evaluation]
    evaluation_text: str | None
    supplements: list[Supplement]
    further: list[FurtherAnswer]
    unit: str | None
    trade: str | None
    proposer: Proposer
    pictures: int
    supporters: int
    merged_into: str | None
    candidates: list[str]
    submitted_at: datetime
    amended_at: datetime | None


class Campaigns(BaseModel):
    items: list[Campaign]
    next_cursor: str | None


class Proposals(BaseModel):
    items: list[Proposal]
    next_cursor: str | None
