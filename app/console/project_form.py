"""What forms about the year's projects send."""

from datetime import datetime

from starlette.datastructures import FormData

from app.console.candidate_form import ID, indicators_in
from app.console.visiting import text_of
from app.errors import Invalid
from app.projects.rules import AnnouncementText, ProjectText


def text_in(form: FormData) -> ProjectText:
    """What was typed, not yet looked at."""
    return ProjectText(
        title=text_of(form, "title"),
        summary=text_of(form, "summary"),
        department=text_of(form, "department") or None,
        indicators=indicators_in(form),
    )


def announcement_in(form: FormData) -> AnnouncementText:
    return AnnouncementText(text_of(form, "title"), text_of(form, "text").replace("\r\n", "\n"))


def moment_in(form: FormData, field: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text_of(form, field))
    except ValueError:
        return None


def candidate_in(form: FormData) -> int:
    """Raises Invalid."""
    written = text_of(form, "candidate")
    if not ID.fullmatch(written) or int(written) >= 2**31:
        raise Invalid("请选一个候选项目。")
    return int(written)


def count_in(form: FormData) -> int:
    """Raises Invalid."""
    written = text_of(form, "count").strip()
    if not (written.isascii() and written.isdigit() and len(written) < 6):
        raise Invalid("取前几名，请写一个数。")
    return int(written)
