"""The shapes of voting: rounds as they are composed and as they stand, results once they may be known."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.api.schemas import Name, Request
from app.ballots.types import TYPES
from models.enums import InvalidReason, RoundState, Turnout

TIME = re.compile(r"20\d\d-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)")


def _written(value: object) -> datetime:
    """A time as this API writes times itself; strict, since a number or a local time has more than one meaning."""
    try:
        if isinstance(value, str) and TIME.fullmatch(value):
            return datetime.fromisoformat(value.upper())
    except ValueError:
        pass
    raise PydanticCustomError("time", "not a time with an offset")


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\u0000-\u001f\u007f]*$")]
Id = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")]
Ids = Annotated[list[Id], Field(min_length=1, max_length=500)]
Number = Annotated[int, Field(ge=0, le=1000)]
Secrecy = Annotated[Turnout, Field(strict=False)]


class Followers(Request):
    """Everybody who follows the account."""

    followers: Literal[True]


class FollowersBefore(Request):
    """Those who followed the account before this moment."""

    followers_before: Moment


class OnRegister(Request):
    """Those on an imported register."""

    register_id: Id = Field(alias="register")


class RoundChange(Request):
    """What is left out stays as it is. Once it is released only `turnout` may change, and only be tightened."""

    title: Title | None = None
    candidates: Ids | None = None
    min_choices: Number | None = None
    max_choices: Number | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    ballot_type: Name | None = None
    electorate: Followers | FollowersBefore | OnRegister | None = None
    turnout: Secrecy | None = Field(default=None, description="截止以前谁能看到已经有多少人投票")


class NewRound(Request):
    """`candidates` are ids. Without `opens_at` it opens when somebody opens it, and closes likewise."""

    campaign: Name
    title: Title
    candidates: Ids
    min_choices: Number
    max_choices: Number
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    ballot_type: Name = Field(default="approval", description=" 或 ".join(TYPES))
    electorate: Followers | FollowersBefore | OnRegister = Field(default=Followers(followers=True))
    turnout: Secrecy = Field(default=Turnout.OPERATORS, description="截止以前谁能看到已经有多少人投票")


class Opening(Request):
    at_its_time: bool = Field(default=False, description="到 opens_at 再打开，不是现在")


class Round(BaseModel):
    """`seed` and `head_at_open` are told once the round is released, `head` (of the archive) once it is closed.

    `ballots` is how many persons have voted, null while the caller may not know it.
    """

    id: str
    campaign: str
    title: str
    state: RoundState
    ballot_type: str
    min_choices: int
    max_choices: int
    candidates: list[str]
    electorate: dict[str, Any]
    turnout: Turnout
    opens_at: datetime | None
    closes_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    confirmed_at: datetime | None
    published_at: datetime | None
    composed_by: str
    released_by: str | None
    closed_by: str | None = Field(description="到时间自己截止的是 null")
    confirmed_by: str | None
    published_by: str | None
    seed: str | None
    head_at_open: str | None
    head: str | None
    ballots: int | None
    url: str = Field(description="发给职工的投票链接")


class Rounds(BaseModel):
    items: list[Round]
    next_cursor: str | None


class CandidateResult(BaseModel):
    """`votes` are approvals; `lot` was drawn from the seed since another candidate got as many."""

    id: str
    number: int
    title: str
    votes: int
    against: int
    abstain: int
    rank: int
    lot: str | None
    opinions: list[str]


class Results(BaseModel):
    """`candidates` in the order of their numbers."""

    round: str
    state: RoundState
    total_ballots: int
    invalid: dict[InvalidReason, int] = Field(description="没有计票的有多少张，按原因")
    candidates: list[CandidateResult]
    seed: str
    head_at_open: str
    head: str
