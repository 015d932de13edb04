"""The shapes of the year's projects and of their announcement."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from app.api.round_schemas import Id, Ids, Moment
from app.api.schemas import Name, Request
from app.api.triage_schemas import PRINTABLE, Indicator, Text, Title
from models.enums import AnnouncementState

Heading = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=PRINTABLE)]


class ProjectChange(Request):
    """What is left out stays as it is."""

    title: Title | None = None
    summary: Text | None = None
    department: Title | None = None
    indicators: Annotated[list[Indicator], Field(max_length=50)] | None = None


class NewProject(ProjectChange):
    """`candidate` is an id. What is left out is the candidate's."""

    campaign: Name
    candidate: Id


class ProjectOrder(Request):
    campaign: Name
    projects: Ids


class Project(BaseModel):
    """`number` is the one it is announced by; `proposals` are all it grew from, what was merged included."""

    id: str
    campaign: str
    candidate: str
    number: int
    title: str
    summary: str
    department: str | None
    indicators: list[Indicator]
    rank: int = Field(description="在投票里的名次")
    votes: int
    proposals: list[str]
    chosen_at: datetime
    edited_at: datetime | None


class Projects(BaseModel):
    items: list[Project]
    next_cursor: str | None


class AnnouncementText(Request):
    title: Heading
    text: Text


class Releasing(Request):
    submitted_at: Moment | None = Field(default=None, description="核对的是哪一次提交；之后又改过的，不会公布")


class Announcement(BaseModel):
    """Until somebody writes it, `written_at` is null, and title and text are a draft."""

    campaign: str
    state: AnnouncementState
    title: str
    text: str
    written_by: str | None
    written_at: datetime | None
    submitted_by: str | None
    submitted_at: datetime | None
    released_by: str | None
    released_at: datetime | None
    url: str = Field(description="公布以后大家看的网页")
