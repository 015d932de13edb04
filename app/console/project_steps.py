"""What comes next on the way of the announcement, and why somebody may not do it."""

from dataclasses import dataclass

from app.operators.queries import Account
from app.operators.rules import Power
from app.projects import announcing
from models import Announcement
from models.enums import AnnouncementState


@dataclass(frozen=True)
class Next:
    """`path` is below the announcement's; `obstacle` is why the one who reads cannot do it, None if they can."""

    path: str
    title: str
    obstacle: str | None


def next_step(announcement: Announcement | None, projects: int, who: Account) -> Next | None:
    """None once it is released. The rooms look at the same again."""
    if announcement is not None and announcement.state is AnnouncementState.RELEASED:
        return None
    if announcement is not None and announcement.state is AnnouncementState.SUBMITTED:
        return Next("release", "公布", _against_releasing(announcement, who))
    return Next("submit", "提交", _against_submitting(announcement, projects, who))


def may_take_back(announcement: Announcement | None, who: Account) -> bool:
    is_submitted = announcement is not None and announcement.state is AnnouncementState.SUBMITTED
    return is_submitted and (who.may(Power.MAKE_PROJECTS) or who.may(Power.CONFIRM_RESULTS))


def _against_submitting(announcement: Announcement | None, projects: int, who: Account) -> str | None:
    obstacles = (
        (not who.may(Power.MAKE_PROJECTS), "由负责策划的同事来选项目、写公告、提交。"),
        (not projects, "还没有选实事项目，请先选好。"),
        (announcement is None or announcement.written_at is None, "公告还没有保存过，请看一遍、改好、保存。"),
    )
    return next((sentence for is_so, sentence in obstacles if is_so), None)


def _against_releasing(announcement: Announcement, who: Account) -> str | None:
    obstacles = (
        (not who.may(Power.CONFIRM_RESULTS), "由负责审批的同事来公布。"),
        (
            not announcing.may_release(announcement, who),
            "这里面有您经办的内容，请另一位负责审批的同事来公布。",
        ),
    )
    return next((sentence for is_so, sentence in obstacles if is_so), None)
