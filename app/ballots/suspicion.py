"""What makes ballots stand out, and what may be innocent about it. Nothing here decides anything. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from types import MappingProxyType
from typing import NamedTuple

SHARED_BY = 20  # voters at one address
QUICK_SECONDS = 3  # from opening the ballot to sending it
CANDIDATES_TO_READ = 8  # with fewer, somebody who made up their mind beforehand is as quick
CHANGED_OFTEN = 10  # ballots of one voter
MINUTE = timedelta(minutes=1)
BURST_LEAST, BURST_TIMES = 50, 10  # first ballots in a minute, and how many times the usual
MINUTES_TO_COMPARE = 10  # with ballots in them: before that nothing is usual
BURSTS_SHOWN, ADDRESSES_SHOWN = 20, 100  # the greatest


class Kind(StrEnum):
    ADDRESS = "address"
    BURST = "burst"
    QUICK = "quick"
    CHANGES = "changes"


class Minute(NamedTuple):
    """How many voted for the first time in a minute; `at` is somewhere in it."""

    at: datetime
    ballots: int


TITLES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.ADDRESS: "很多人用同一个网络地址投票",
        Kind.BURST: "一分钟里突然来了很多票",
        Kind.QUICK: "打开选票不到 3 秒就交了",
        Kind.CHANGES: "反复改票",
    }
)
EXPLAINED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.ADDRESS: f"同一个地址有 {SHARED_BY} 人以上投了票。多半没有问题：一个厂区、一栋宿舍的无线网，"
        "一家运营商的手机，常常共用一个地址。可以问问是不是有单位组织大家一起投，或者有人拿着许多手机投。",
        Kind.BURST: f"这一分钟的第一次投票比平时多 {BURST_TIMES} 倍以上。多半没有问题：刚群发了消息，"
        "刚下班，刚开完会，大家会一起来投。要是那时候什么事也没有，就值得看一看。",
        Kind.QUICK: f"候选项目有 {CANDIDATES_TO_READ} 个以上，从打开到交上来不到 {QUICK_SECONDS} 秒，"
        "像是程序投的。也可能没有问题：有的人早就想好了投哪几个，手很快；或者手机先在后台打开了网页。",
        Kind.CHANGES: f"同一个人投了 {CHANGED_OFTEN} 次以上。每人只算最后一次，不会多算。多半没有问题："
        "拿不定主意，或者网络不好，多点了几次。",
    }
)


def bursts(minutes: Sequence[Minute]) -> list[Minute]:
    """Those far above what this round itself is used to, the greatest first."""
    if len(minutes) < MINUTES_TO_COMPARE:
        return []
    least = max(BURST_LEAST, BURST_TIMES * median(each.ballots for each in minutes))
    found = [each for each in minutes if each.ballots >= least]
    return sorted(found, key=lambda each: (-each.ballots, each.at))[:BURSTS_SHOWN]
