"""The year's projects and their announcement: what is acceptable in them, when they may still change. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.campaigns.definition import Definition
from app.conversation.parsers import clean
from app.errors import Conflict, Invalid
from app.triage.ballot_text import LINE_LIMIT, TEXT_LIMIT, TITLE_LIMIT, bad_indicators, too_long
from models.enums import AnnouncementState

HEADING_LIMIT = 100  # characters of an announcement's title
PROJECTS_LIMIT = 100
PROJECTS_USUAL = 10  # where the campaign does not say how many there were last year

STATE_TITLES: Mapping[AnnouncementState, str] = MappingProxyType(
    {
        AnnouncementState.DRAFT: "还在准备",
        AnnouncementState.SUBMITTED: "已提交，待公布",
        AnnouncementState.RELEASED: "已公布",
    }
)


class NotYet(Conflict):
    """No round of voting is published, or something is missing that has to come first."""

    code = "not_yet"


class WrongState(Conflict):
    """The announcement is not where this could be done."""

    code = "wrong_announcement_state"


@dataclass(frozen=True)
class ProjectText:
    """What is told of a project. `indicators` are {"title", "target"}."""

    title: str
    summary: str
    department: str | None = None
    indicators: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class AnnouncementText:
    """Paragraphs of `text` stand on lines of their own."""

    title: str
    text: str


def checked(text: ProjectText) -> ProjectText:
    """The text as it is kept. Raises Invalid saying what is missing or too long."""
    _refuse(
        [
            *too_long("项目名称", text.title, TITLE_LIMIT, required=True),
            *too_long("项目内容", text.summary, TEXT_LIMIT, required=True),
            *too_long("责任部门", text.department or "", LINE_LIMIT),
            *bad_indicators(text.indicators),
        ]
    )
    return replace(
        text,
        title=clean(text.title),
        summary=clean(text.summary),
        department=clean(text.department or "") or None,
        indicators=tuple({key: clean(one[key]) for key in ("title", "target")} for one in text.indicators),
    )


def checked_announcement(text: AnnouncementText) -> AnnouncementText:
    """Raises Invalid."""
    _refuse(
        [
            *too_long("公告标题", text.title, HEADING_LIMIT, required=True),
            *too_long("公告正文", text.text, TEXT_LIMIT, required=True),
        ]
    )
    return AnnouncementText(" ".join(clean(text.title).split()), clean(text.text))


def require_open(state: AnnouncementState) -> None:
    """What the second person is reading stays as it was handed over. Raises WrongState."""
    if state is AnnouncementState.RELEASED:
        raise WrongState("实事项目已经公布，项目和公告都不能再改。")
    if state is AnnouncementState.SUBMITTED:
        raise WrongState("公告已经提交，正等另一位同事核对、公布。要改的话，请先收回。")


def require(state: AnnouncementState, wanted: AnnouncementState, deed: str) -> None:
    """Raises WrongState; `deed` is a Chinese verb."""
    if state is not wanted:
        raise WrongState(f"公告{STATE_TITLES[state]}，不能{deed}。")


def usual_count(definition: Definition) -> int:
    """As many projects as there were last year."""
    return len(definition.last_year) or PROJECTS_USUAL


def name_of_all(definition: Definition) -> str:
    """What the projects of a year are called together."""
    return definition.title.removesuffix("活动").removesuffix("征集")


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise Invalid("；".join(problems) + "。")
