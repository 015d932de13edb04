"""The shapes of doubt: what stands out, what was proposed and decided about it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from app.api.schemas import Name, Request
from app.ballots.invalidating import RECEIPTS_LIMIT
from app.ballots.suspicion import Kind
from models.enums import InvalidationState, InvalidReason

Note = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Receipt = Annotated[str, StringConstraints(pattern=r"^[2-9A-Za-z-]{19}$")]


class Review(BaseModel):
    """`ballots` is how many it was then."""

    note: str
    ballots: int | None
    by: str
    at: datetime


class Mark(BaseModel):
    """`ballots` are those that count and that nobody has proposed; null while nobody may know how many voted."""

    mark: str
    kind: Kind
    title: str
    explained: str = Field(description="为什么标出来，又为什么多半没有问题")
    at: datetime | None = Field(description="一分钟里突然来了很多票的，是哪一分钟")
    ballots: int | None
    review: Review | None


class Marks(BaseModel):
    items: list[Mark]
    next_cursor: str | None


class NewReview(Request):
    mark: Name
    note: Note


class NewInvalidation(Request):
    """Either a mark, for all its ballots that count now, or receipts."""

    mark: Name | None = None
    receipts: Annotated[list[Receipt], Field(max_length=RECEIPTS_LIMIT)] | None = None
    reason: Annotated[InvalidReason, Field(strict=False)]
    note: Note = Field(description="查到的情况，给另一位同事看；不公布，请不要写姓名")


class Invalidation(BaseModel):
    """`ballots` that were proposed together; `counting` of them were not replaced by their voters meanwhile."""

    id: str
    state: InvalidationState
    mark: str | None
    receipt: str | None
    reason: InvalidReason
    note: str
    ballots: int | None
    counting: int | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class Invalidations(BaseModel):
    items: list[Invalidation]
    next_cursor: str | None
