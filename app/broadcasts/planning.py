"""What a broadcast will do, before anything is sent: whom it reaches, who is left out and why, what it costs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.broadcasts.recipients import MASS_PER_MONTH, Selection, reached_this_month
from app.broadcasts.rules import needs_tag
from app.outbox.channels.values import marketing_words
from app.outbox.rules import BEIJING, QuietHours
from app.settings import AccountKind
from app.wechat.tags import AT_ONCE
from models import Follower

# /doc/service/guide/product/message/Batch_Sends.html
ONCE_A_DAY = "订阅号一天只能群发成功一次：今天已经群发过的话，会等到明天再发。"


@dataclass(frozen=True)
class Plan:
    """`left_out`: how many by reason. `ends_at`: when it will be done at the set rate, if it began now or then.

    `tag_calls`: how many calls of the platform it takes to make a tag of its people, where it needs one.
    """

    people: int
    left_out: Mapping[str, int]
    ends_at: datetime | None
    warnings: Sequence[str]
    tag_calls: int

    @property
    def reachable(self) -> int:
        return self.people - sum(self.left_out.values())


def plan(
    session: Session,
    wanted: Selection,
    content: Mapping[str, object],
    *,
    begins_at: datetime,
    per_second: float,
    quiet: QuietHours | None,
    account: AccountKind,
) -> Plan:
    """Reads alone. Raises BadAudience."""
    people, left_out = _counted(session, wanted)
    reachable = people - sum(left_out.values())
    begin = (quiet.end_after(begins_at) if quiet else None) or begins_at
    tagged = reachable if needs_tag(wanted.channel, wanted.audience, account) else 0
    tag_calls = 1 + ceil(tagged / AT_ONCE) if tagged else 0
    one_by_one = 0 if wanted.channel == "mass" else reachable
    seconds = (one_by_one + tag_calls) / per_second if per_second else 0.0
    ends_at = begin + timedelta(seconds=seconds) if reachable else None
    warnings = [*_of_content(wanted.channel, content), *_of_hours(begins_at, ends_at, quiet)]
    if wanted.channel == "mass":
        warnings += _of_month(session, wanted.now) if account is AccountKind.SERVICE else [ONCE_A_DAY]
    if tagged:
        warnings += _of_tag(wanted, tagged, tag_calls, seconds)
    return Plan(people, left_out, ends_at, warnings, tag_calls)


def _counted(session: Session, wanted: Selection) -> tuple[int, dict[str, int]]:
    obstacle = wanted.obstacle
    if wanted.round is None:
        rows = session.execute(select(obstacle, func.count()).where(wanted.belongs).group_by(obstacle)).all()
        found = {row[0]: row[1] for row in rows}
    else:
        found = dict(_of_slices(session, wanted))
    return sum(found.values()), {reason: n for reason, n in found.items() if reason}


def _of_slices(session: Session, wanted: Selection) -> Counter[str | None]:
    """Who has not voted is known slice by slice alone."""
    found: Counter[str | None] = Counter()
    last: int | None = 0
    while last is not None:
        last, ids = wanted.slice_after(session, last)
        reasons = select(wanted.obstacle).where(Follower.id.in_(ids))
        found.update(session.scalars(reasons) if ids else ())
    return found


def _of_content(channel: str, content: Mapping[str, object]) -> list[str]:
    if channel not in ("template", "subscribe"):
        return []
    data = content.get("data")
    words = marketing_words("".join(map(str, data.values())) if isinstance(data, Mapping) else "")
    return [f"模板消息里有“{'、'.join(words)}”：像营销的话会被平台拒绝，甚至处罚，请改一改。"] if words else []


def _of_hours(begins_at: datetime, ends_at: datetime | None, quiet: QuietHours | None) -> list[str]:
    if quiet is None or ends_at is None:
        return []
    if quiet.end_after(begins_at):
        return ["开始的时间在夜里不打扰的时段，会等到早上再发。"]
    return ["要发到夜里不打扰的时段，到时会停下，第二天早上接着发。"] if quiet.end_after(ends_at) else []


def _of_month(session: Session, now: datetime) -> list[str]:
    local = now.astimezone(BEIJING)
    before = reached_this_month(session, local.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    if before >= MASS_PER_MONTH:
        return [f"这个月已经群发过 {before} 次：每位关注者一个月最多收 {MASS_PER_MONTH} 条，多的平台不送。"]
    return [f"这是这个月的第 {before + 1} 次群发，每位关注者一个月最多收 {MASS_PER_MONTH} 条。"]


def _of_tag(wanted: Selection, people: int, calls: int, seconds: float) -> list[str]:
    minutes = f"大约 {round(seconds / 60)} 分钟" if seconds >= 90 else "一两分钟"
    told = [
        f"订阅号只能按标签群发：放行以后先在公众号里建一个临时标签，打到这 {people} 人身上（调用平台 {calls} 次，"
        f"{minutes}），再群发一次，发完自动删掉标签。"
    ]
    if wanted.round is not None:
        told.append(
            "标签的名字不说是什么人；但删掉以前，能登录公众平台的同事看得到标签里有谁，也就知道谁还没有投票。请心里有数。"
        )
    return told
