"""The shapes of registers of voters."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.schemas import Line, Name, Request

Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class ImportQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    campaign: Name
    title: Name
    dry_run: bool = Field(default=False, description="只检查，不导入")


class NewEntry(Request):
    card: Name
    name: Name
    unit: Line = ""
    reason: Reason


class Release(Request):
    card: Name
    name: Name
    reason: Reason


class Register(BaseModel):
    """`entries` were imported, `added` came later, `bound` is how many of all have registered their phone.

    That is null while a round whose turnout nobody may see goes by it.
    """

    id: str
    campaign: str
    title: str
    digest: str = Field(description="导入时的校验值（SHA-256）")
    imported_at: datetime
    entries: int
    added: int
    bound: int | None


class Registers(BaseModel):
    items: list[Register]
    next_cursor: str | None


class Problem(BaseModel):
    """`row` as it is numbered in the file, from 1."""

    row: int
    message: str


class Checked(BaseModel):
    """What a dry run found. With problems nothing would be imported."""

    entries: int
    problems: list[Problem]
