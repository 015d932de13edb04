"""What a campaign is, as its file says: calendar, categories, criteria, last year's projects, wording. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.enums import IntakeChannel, PhaseKind

CriterionKind = Literal["principle", "criterion", "requirement"]

CALENDAR = (PhaseKind.COLLECTING, PhaseKind.SCREENING, PhaseKind.OPINION, PhaseKind.PUBLISHED)

QUESTION_KEYS = (
    "consent",
    "category",
    "title",
    "summary",
    "expected_outcome",
    "evaluation",
    "unit",
    "name",
    "phone",
)


@dataclass(frozen=True)
class PhaseWindow:
    """One phase, from `opens_at` up to but not including `closes_at`, which is when the next one opens.

    Only publishing may have no `opens_at`: it is then opened by hand, and the phase before has no end.
    """

    kind: PhaseKind
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True)
class Milestone:
    """A date to keep that ends no phase."""

    title: str
    due_at: datetime


@dataclass(frozen=True)
class Category:
    key: str
    title: str


@dataclass(frozen=True)
class Criterion:
    """One line of the card a proposal is assessed by."""

    key: str
    title: str
    kind: CriterionKind
    text: str


@dataclass(frozen=True)
class Indicator:
    name: str
    target: int | float
    unit: str


@dataclass(frozen=True)
class LastYearProject:
    number: int
    title: str
    text: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Trade:
    """A line of work, and the words in a unit's name that give it away."""

    key: str
    title: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """A reason for which a proposal may be turned down; `sentence` is what its author reads."""

    key: str
    title: str
    sentence: str


@dataclass(frozen=True)
class FieldWording:
    """`name` is the paper form's label, `prompt` the sentence asked, `hint` what helps to answer."""

    name: str
    prompt: str
    hint: str = ""


@dataclass(frozen=True)
class Further:
    """A question beside the notice's own: one of `options`, or free text of at most `longest` characters."""

    key: str
    wording: FieldWording
    options: tuple[str, ...] = ()
    longest: int = 500
    optional: bool = True


@dataclass(frozen=True)
class Paper:
    """The head of a form on paper: `proposer` is the label of the line that says who proposes."""

    channel: IntakeChannel
    annex: str
    title: str
    proposer: str


@dataclass(frozen=True)
class Office:
    """Where a worker gets an answer from people: an office, never a person."""

    name: str
    phone: str
    email: str


@dataclass(frozen=True)
class Definition:
    """A whole campaign. `phases` stand in the order of CALENDAR; `wording` has all of QUESTION_KEYS."""

    key: str
    year: int
    title: str
    organiser: str
    account_name: str
    phases: tuple[PhaseWindow, ...]
    draft_grace: timedelta
    categories: tuple[Category, ...]
    criteria: tuple[Criterion, ...]
    last_year: tuple[LastYearProject, ...]
    trades: tuple[Trade, ...]
    summary_sides: tuple[str, ...]
    wording: Mapping[str, FieldWording]
    office: Office
    milestones: tuple[Milestone, ...] = ()
    grounds: tuple[Ground, ...] = ()
    papers: tuple[Paper, ...] = ()
    further: tuple[Further, ...] = ()
    evaluation_note: str = ""
