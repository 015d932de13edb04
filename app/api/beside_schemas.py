"""The shapes of what comes beside the phones: opinions of units and their links, votes on paper."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from app.api.schemas import Name, Request
from app.ballots.paper_rules import STATE_TITLES
from app.ballots.register_rows import UNIT_LIMIT
from app.ballots.unit_rules import TEXT_LIMIT, UNITS_LIMIT, UnitStance
from models.enums import PaperState

Unit = Annotated[str, StringConstraints(min_length=1, max_length=UNIT_LIMIT, pattern=r"^[^\u0000-\u001f\u007f]*$")]
Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT, pattern=r"^[^\u0000]*$")]
CandidateNumber = Annotated[int, Field(ge=1, le=1000)]
WrittenNumber = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Opinion(Request):
    """What a unit says of one candidate, by its number; either part may be left out."""

    candidate: CandidateNumber
    stance: Annotated[UnitStance, Field(strict=False)] | None = None
    text: Text = ""


class NewUnitOpinion(Request):
    """All that the unit says: what stood there before is replaced."""

    opinions: Annotated[list[Opinion], Field(min_length=1, max_length=64)]


class UnitOpinion(BaseModel):
    """`entered_by` is the operator who entered it; null where the unit did so itself, by its link."""

    unit: str
    opinions: list[Opinion]
    entered_by: str | None
    at: datetime


class UnitOpinions(BaseModel):
    """Never votes, and counted nowhere among them."""

    items: list[UnitOpinion]
    next_cursor: str | None


class NewUnitLinks(Request):
    units: Annotated[list[Unit], Field(min_length=1, max_length=UNITS_LIMIT)]


class MadeUnitLink(BaseModel):
    unit: str
    link: str = Field(description="只在这里给一次，系统里不留")


class MadeUnitLinks(BaseModel):
    """`already` are units that have a link from before; no other was made for them."""

    items: list[MadeUnitLink]
    already: list[str]


class UnitLink(BaseModel):
    """One that opens; the link itself is not kept."""

    id: str
    unit: str
    made_by: str
    made_at: datetime


class UnitLinks(BaseModel):
    items: list[UnitLink]
    next_cursor: str | None


class NewPaperBallot(Request):
    """What stands on a paper: the first entry of its scan number, or the second by another operator."""

    scan: Name = Field(description="纸上的扫描号，数字或字母")
    card: Name
    name: Name
    choices: Annotated[dict[WrittenNumber, Literal["for", "against", "none"]], Field(max_length=64)] = Field(
        description="候选项目的号码和表态；逐项表态的选票，每一项都要写"
    )


class EnteredPaperBallot(BaseModel):
    scan: str
    state: PaperState = Field(
        description="；".join(f"{word.value} {title}" for word, title in STATE_TITLES.items())
    )


class Dropping(Request):
    reason: Reason


class PaperBallot(BaseModel):
    """Never what was chosen, nor by whom."""

    id: str
    scan: str
    state: PaperState
    first_by: str
    first_at: datetime
    second_by: str | None
    second_at: datetime | None


class PaperBallots(BaseModel):
    items: list[PaperBallot]
    next_cursor: str | None
