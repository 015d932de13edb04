"""The shapes of imported forms."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.api.schemas import Name


class FormsQuery(BaseModel):
    """Without a campaign it is the current one."""

    model_config = ConfigDict(extra="forbid")

    campaign: Name | None = None
    dry_run: bool = Field(default=False, description="只看结果，不导入")


class FormRead(BaseModel):
    """One project of a form. `number` is null when it was not imported, or would be."""

    form_kind: Literal["union", "department"]
    organisation: str | None
    title: str | None
    summary: str | None
    expected_outcome: str | None
    evaluation: str | None
    filler: str | None
    phone: str | None
    date: str | None = Field(description="填表日期，年-月-日")
    number: str | None


class FormError(BaseModel):
    """`place`: where in the file, in words."""

    code: str
    message: str
    place: str


class FormFile(BaseModel):
    """A file that needs correction, or was rejected, was not imported."""

    name: str
    status: Literal["import", "needs_correction", "reject"]
    forms: list[FormRead]
    errors: list[FormError]


class FormsImported(BaseModel):
    """`import` is null for a dry run, and when nothing could be imported."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    made: str | None = Field(alias="import")
    files: list[FormFile]
