"""Who may vote in a round. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import Forbidden


class MayNotVote(Forbidden):
    """The person is not among those this round asks."""

    code = "may_not_vote"


@dataclass(frozen=True)
class Person:
    """Somebody who wants to vote. `since`: when they began to follow; `entry_id`: on the round's register."""

    id: int
    openid: str
    subscribed: bool
    since: datetime
    entry_id: int | None = None


@dataclass(frozen=True)
class Electorate:
    """Every follower; or those who followed before a moment; or those on a register."""

    followers_before: datetime | None = None
    register_id: int | None = None

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Electorate":
        before, register = stored.get("followers_before"), stored.get("register")
        return cls(datetime.fromisoformat(before) if before else None, int(register) if register else None)

    def to_json(self) -> dict[str, Any]:
        """As the API shows it."""
        if self.register_id is not None:
            return {"register": str(self.register_id)}
        if self.followers_before is not None:
            return {"followers_before": self.followers_before.isoformat()}
        return {"followers": True}

    def told(self, zone: ZoneInfo) -> str:
        if self.register_id is not None:
            return "登记在册的会员"
        if self.followers_before is not None:
            before = self.followers_before.astimezone(zone)
            return f"{before.year}年{before.month}月{before.day}日{before:%H:%M}以前关注公众号的职工"
        return "关注公众号的职工"

    def admit(self, person: Person) -> None:
        """Raises MayNotVote."""
        if self.register_id is not None:
            if person.entry_id is None:
                raise MayNotVote("这一轮由登记在册的会员投票，请先用会员卡号和姓名登记一下。")
        elif not person.subscribed:
            raise MayNotVote("请先关注公众号，再来投票。")
        elif self.followers_before is not None and person.since >= self.followers_before:
            raise MayNotVote("这一轮只请早些时候就关注公众号的职工投票。谢谢您的热心，下次欢迎您来。")

    def identity(self, person: Person) -> str:
        """Whose ballot it is: on a register the entry, so that paper and phone are one person."""
        return entry_identity(person.entry_id) if self.register_id is not None else f"openid:{person.openid}"


def entry_identity(entry_id: int | None) -> str:
    """Whose ballot it is that somebody on a register casts."""
    return f"entry:{entry_id}"


FOLLOWERS = Electorate()
