"""The shapes of sifting: assessments, decisions, merges and candidates, as taken and as given."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from app.api.schemas import Name, Request
from models.enums import Conclusion, DecisionKind, IntakeChannel, Maturity

PRINTABLE = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"  # lines may be broken, nothing else is unseen

Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=PRINTABLE)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=6000, pattern=PRINTABLE)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PRINTABLE)]
Number = Annotated[str, StringConstraints(pattern=r"^SS\d{4}-\d{4,9}$")]
Numbers = Annotated[list[Number], Field(min_length=1, max_length=500)]
Word = Annotated[Conclusion, Field(strict=False)]
Kind = Annotated[DecisionKind, Field(strict=False)]
Ripeness = Annotated[Maturity, Field(strict=False)]


class NewAssessment(Request):
    """Every criterion of the campaign gets a score from 1 to 5 and a reason."""

    scores: dict[Name, int]
    reasons: dict[Name, Reason]
    conclusion: Word


class Assessment(BaseModel):
    id: str
    proposal: str
    operator: str
    look: int = Field(description="0 是第一次评审，之后每要求复评一次加 1")
    scores: dict[str, int]
    reasons: dict[str, str]
    conclusion: Conclusion
    assessed_at: datetime


class CriterionResult(BaseModel):
    """What the reviewers gave for one criterion; null until all cards that are needed are in."""

    key: str
    mean: float | None
    spread: int | None = Field(description="最高分和最低分的差")


class Assessments(BaseModel):
    """Until all that are `needed` are in, a reviewer sees the own card only."""

    items: list[Assessment]
    next_cursor: str | None
    complete: int
    needed: int
    criteria: list[CriterionResult]


class NewSecondLook(Request):
    reason: Reason


class SecondLook(BaseModel):
    id: str
    proposal: str
    operator: str
    reason: str
    asked_at: datetime


class SecondLooks(BaseModel):
    items: list[SecondLook]
    next_cursor: str | None


class NewDecision(Request):
    """`ground` is the key of a reason from the campaign's list. A decision that is held is not published yet."""

    decision: Kind
    reason: Reason
    ground: Name | None = None
    hold: bool = False


class Decision(BaseModel):
    id: str
    proposal: str
    decision: DecisionKind
    reason: str
    ground: str | None
    operator: str
    decided_at: datetime
    published_at: datetime | None


class Decisions(BaseModel):
    items: list[Decision]
    next_cursor: str | None


class Publication(Request):
    """Which prepared decisions to publish; without `proposals`, all of the campaign."""

    campaign: Name
    proposals: Numbers | None = None


class Published(BaseModel):
    published: int


class NewMerge(Request):
    into: Number
    proposals: Numbers
    reason: Reason


class Merge(BaseModel):
    id: str
    into: str
    proposals: list[str]
    reason: str
    operator: str
    merged_at: datetime


class Merges(BaseModel):
    items: list[Merge]
    next_cursor: str | None


class Indicator(Request):
    """What will be measured, and how much of it."""

    title: Title
    target: Title


class CandidateChange(Request):
    """What is left out stays as it is."""

    title: Title | None = None
    summary: Text | None = None
    expected_outcome: Text | None = None
    category: Name | None = None
    department: Title | None = None
    cost: Title | None = None
    indicators: Annotated[list[Indicator], Field(max_length=50)] | None = None
    maturity: Ripeness | None = None
    proposals: Numbers | None = None


class NewCandidate(Request):
    campaign: Name
    title: Title
    summary: Text
    expected_outcome: Text
    proposals: Numbers
    category: Name | None = None
    department: Title | None = None
    cost: Title | None = None
    indicators: list[Indicator] = Field(default_factory=list, max_length=50)
    maturity: Ripeness | None = None


class CandidateOrder(Request):
    campaign: Name
    candidates: Annotated[list[Name], Field(min_length=1, max_length=500)]


class Origin(BaseModel):
    """A proposal a candidate grew from, and those that were merged into it. A worker's unit is never told."""

    number: str
    title: str
    channel: IntakeChannel
    unit: str | None
    merged: list["Origin"]


class Candidate(BaseModel):
    """`number` is the one on the ballot; it is given when the candidates are frozen."""

    id: str
    campaign: str
    number: int | None
    frozen: bool
    title: str
    summary: str
    expected_outcome: str
    category: str | None
    department: str | None
    cost: str | None
    indicators: list[Indicator]
    maturity: Maturity | None
    proposals: list[str]
    lineage: list[Origin]
    composed_at: datetime
    edited_at: datetime | None


class Candidates(BaseModel):
    items: list[Candidate]
    next_cursor: str | None
