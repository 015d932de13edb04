"""The shapes of broadcasts: what is composed, how far it is, what became of each message."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.round_schemas import Id, Moment, Title
from app.api.schemas import Line, Name, Request
from app.broadcasts.rules import WAYS
from models.enums import BroadcastKind, BroadcastState, DeliveryState, PhaseKind

Channel = Annotated[Name, Field(json_schema_extra={"enum": list(WAYS)})]  # the room refuses others
Openid = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Content = Annotated[dict[str, Any], Field(min_length=1, max_length=20)]


class Everybody(Request):
    all: Literal[True]


class WithTag(Request):
    tag: Id


class OfUnit(Request):
    unit: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\u0000-\u001f\u007f]*$")]


class Proposers(Request):
    proposers: Literal[True]


class NotVoted(Request):
    not_voted: Id


class Listed(Request):
    openids: Annotated[list[Openid], Field(max_length=10_000)]


Audience = Everybody | WithTag | OfUnit | Proposers | NotVoted | Listed


class BroadcastChange(Request):
    """What is left out stays as it is. Only a draft can be changed."""

    title: Title | None = None
    kind: Annotated[BroadcastKind, Field(strict=False)] | None = None
    channel: Channel | None = None
    audience: Audience | None = None
    content: Content | None = None
    scheduled_at: Moment | None = None
    on_phase: Annotated[PhaseKind, Field(strict=False)] | None = None


class NewBroadcast(Request):
    """It goes out as soon as it is approved, but neither before `scheduled_at` nor before `on_phase` opens."""

    campaign: Name
    title: Title
    kind: Annotated[BroadcastKind, Field(strict=False)]
    channel: Channel
    audience: Audience
    content: Content
    scheduled_at: Moment | None = None
    on_phase: Annotated[PhaseKind, Field(strict=False)] | None = None


class Preview(Request):
    openid: Openid


class Release(Request):
    verdict: Literal["sent", "failed", "retry"] = Field(alias="as")


class JobsDeletion(Request):
    confirm: Annotated[str, StringConstraints(max_length=200)] = Field(description="推送的标题，照着写一遍")


class MassJob(BaseModel):
    """What the platform told of a mass job; null until it has. `told`: its status in words."""

    msg_id: str
    status: str | None = None
    told: str
    total: int | None = None
    filtered: int | None = None
    sent: int | None = None
    errors: int | None = None


class JobTag(BaseModel):
    """The tag on the platform that stands for the people of a mass job. `tagged`: how many have it so far."""

    name: str
    tagged: int
    ready: bool
    deleted_at: datetime | None


class Broadcast(BaseModel):
    """`total` = pending + sending + sent + failed + unknown + skipped; before the release it is an estimate.

    `stopped_for` says why it stands still at this moment, `goes_on_at` when it goes on by itself, if it does;
    `missed`: it was released and its moment is over, so it has to be taken back or cancelled.
    """

    id: str
    campaign: str
    title: str
    kind: BroadcastKind
    channel: str
    audience: dict[str, Any] = Field(description="名单里的 openid 只有负责人看得到")
    content: dict[str, Any]
    state: BroadcastState
    scheduled_at: datetime | None
    on_phase: PhaseKind | None
    total: int
    pending: int
    sending: int
    sent: int
    failed: int
    unknown: int
    skipped: int
    reasons: dict[str, int] = Field(description="没有发和没发成的，各因为什么")
    jobs: list[MassJob] = Field(description="群发任务，平台说的人数在旁边")
    tags: list[JobTag] = Field(description="订阅号群发给一部分人时，为这次群发建的标签")
    stopped_for: str | None
    goes_on_at: datetime | None
    missed: bool
    composed_by: str
    composed_at: datetime
    submitted_by: str | None
    released_by: str | None
    released_at: datetime | None
    begun_at: datetime | None
    finished_at: datetime | None


class Broadcasts(BaseModel):
    items: list[Broadcast]
    next_cursor: str | None


class Plan(BaseModel):
    """What would happen if it began now, or at its time."""

    people: int
    reachable: int
    left_out: dict[str, int]
    ends_at: datetime | None
    warnings: list[str]
    tag_calls: int = Field(description="订阅号群发给一部分人，要先打标签：调用平台多少次")


class Delivery(BaseModel):
    """One message to one person. `openid` is for the owner alone; `reference` is a keyed hash of it."""

    id: str
    openid: str | None
    reference: str | None
    state: DeliveryState
    errcode: int | None
    error: str | None
    message_id: str | None
    attempts: int
    batch: int | None
    finished_at: datetime | None


class Deliveries(BaseModel):
    items: list[Delivery]
    next_cursor: str | None


class DeliveryQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: DeliveryState | None = None
    cursor: Line | None = None
    limit: int = Field(default=100, ge=1, le=1000)


class Previewed(BaseModel):
    sent: bool
