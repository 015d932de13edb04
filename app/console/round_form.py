"""A round of voting as the fields of a page, and back. Times are those of the office."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from app.ballots.electorate import FOLLOWERS, Electorate
from app.ballots.rules import RoundText
from app.console.candidate_form import ID
from app.console.visiting import text_of
from app.errors import Invalid
from models.enums import Turnout

TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
WHOLE = re.compile(r"[0-9]{1,4}")
FOLLOWING, BEFORE, REGISTER = "followers", "before", "register-"


@dataclass(frozen=True)
class Typed:
    """The fields as they were typed, to be shown again; times as a browser writes them."""

    title: str = ""
    candidates: frozenset[int] = frozenset()
    ballot_type: str = "approval"
    min_choices: str = "1"
    max_choices: str = "5"
    opens_at: str = ""
    closes_at: str = ""
    who: str = FOLLOWING
    before: str = ""
    turnout: str = Turnout.OPERATORS.value


def typed_in(form: FormData) -> Typed:
    ids = [one for one in form.getlist("candidate") if isinstance(one, str) and ID.fullmatch(one)]
    fields = [name for name in Typed.__dataclass_fields__ if name != "candidates"]
    typed: Mapping[str, str] = {name: text_of(form, name) for name in fields}
    return replace(Typed(**typed), candidates=frozenset(map(int, ids)))  # type: ignore[arg-type] # all are text


def typed_of(text: RoundText, zone: ZoneInfo) -> Typed:
    return Typed(
        title=text.title,
        candidates=frozenset(text.candidates),
        ballot_type=text.ballot_type,
        min_choices=str(text.min_choices),
        max_choices=str(text.max_choices),
        opens_at=_shown(text.opens_at, zone),
        closes_at=_shown(text.closes_at, zone),
        who=_who(text.electorate),
        before=_shown(text.electorate.followers_before, zone),
        turnout=text.turnout.value,
    )


def text_in(typed: Typed, zone: ZoneInfo) -> RoundText:
    """Raises Invalid for what cannot be read; whether it fits together is the room's to say."""
    return RoundText(
        title=typed.title,
        candidates=tuple(sorted(typed.candidates)),
        min_choices=_whole(typed.min_choices, "至少选几项"),
        max_choices=_whole(typed.max_choices, "最多选几项"),
        opens_at=_moment(typed.opens_at, "开始时间", zone),
        closes_at=_moment(typed.closes_at, "截止时间", zone),
        ballot_type=typed.ballot_type,
        electorate=_electorate(typed, zone),
        turnout=turnout_in(typed.turnout),
    )


def turnout_in(word: str) -> Turnout:
    """Raises Invalid."""
    if word not in set(Turnout):
        raise Invalid("请选一选，截止以前谁能看到已经有多少人投票。")
    return Turnout(word)


def _electorate(typed: Typed, zone: ZoneInfo) -> Electorate:
    if typed.who == FOLLOWING:
        return FOLLOWERS
    if typed.who == BEFORE:
        before = _moment(typed.before, "关注的时间", zone)
        if before is None:
            raise Invalid("请写上职工要在什么时候以前关注。")
        return Electorate(followers_before=before)
    register = typed.who.removeprefix(REGISTER)
    if not ID.fullmatch(register):
        raise Invalid("请选一选谁可以投票。")
    return Electorate(register_id=int(register))


def _who(electorate: Electorate) -> str:
    if electorate.register_id is not None:
        return f"{REGISTER}{electorate.register_id}"
    return FOLLOWING if electorate.followers_before is None else BEFORE


def _whole(typed: str, what: str) -> int:
    if not WHOLE.fullmatch(typed.strip()):
        raise Invalid(f"{what}要写成数字，比如 3。")
    return int(typed)


def _moment(typed: str, what: str, zone: ZoneInfo) -> datetime | None:
    if not typed:
        return None
    try:
        if TIME.fullmatch(typed):
            return datetime.fromisoformat(typed).replace(tzinfo=zone)
    except ValueError:
        pass
    raise Invalid(f"{what}看不懂，请写成 2018-07-10T09:00 这样。")


def _shown(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" if at else ""
