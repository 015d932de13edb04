"""What is said of proposals that were handed in. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.campaigns.dates import day
from app.projects.places import Placing
from app.wechat.speech import lines, paragraphs, quoted, tap
from models import Proposal
from wechat_handlers.texts.supporting import count

NOT_YOURS = "{number} 不是从您这个微信号提交的，只能由提案人自己补充、修改或撤回。"


def number_not_found(number: str) -> str:
    return f"没有查到 {number}，请核对一下编号。您自己提案的编号，点 {tap('我的提案')} 就能看到。"


@dataclass(frozen=True)
class Entry:
    """A proposal as its author sees it: `told` is its status, `ways` what can be done with it."""

    proposal: Proposal
    told: str
    supporters: int
    ways: str


def progress(entry: Entry, zone: ZoneInfo) -> str:
    proposal = entry.proposal
    return lines(
        (
            f"{proposal.number}《{quoted(proposal.title, 40)}》",
            f"提交时间：{day(proposal.submitted_at, zone)}",
            f"现在的进度：{entry.told}",
            f"说明：{quoted(proposal.status_reason)}" if proposal.status_reason else "",
            count(entry.supporters),
            entry.ways,
        )
    )


def progress_to_others(proposal: Proposal, told: str, zone: ZoneInfo) -> str:
    """Others than its author see no content of it, nor why it was decided."""
    return lines((proposal.number, f"提交时间：{day(proposal.submitted_at, zone)}", f"现在的进度：{told}"))


def placed(placing: Placing) -> str:
    chosen = f"已经列为第 {placing.project} 项实事项目！" if placing.project else ""
    return (
        f"它写进了 {placing.number} 号候选项目《{quoted(placing.title, 40)}》，"
        f"投票得了 {placing.votes} 票，在 {placing.of} 个项目里排第 {placing.rank}。{chosen}"
    )


def none_yet(*, may_propose: bool) -> str:
    begin = f"想提一份，点 {tap('我要提案')}。" if may_propose else ""
    return f"您还没有提交过提案。{begin}"


def my_proposals(entries: Sequence[Entry]) -> str:
    shown = [
        lines(
            (
                f"{entry.proposal.number}《{quoted(entry.proposal.title, 24)}》",
                "，".join(filter(None, (entry.told, count(entry.supporters)))),
                entry.ways,
            )
        )
        for entry in entries
    ]
    return paragraphs(f"您一共提交了 {len(entries)} 份提案：", *shown)


def unfinished(title: str, *, in_time: bool) -> str:
    if not in_time:
        return f"还有一份没赶上提交：{quoted(title, 40)}\n回复 {tap('预览')} 可以看写过的内容。"
    return f"还有一份没写完：{quoted(title, 40)}\n回复 {tap('继续')} 接着写。"


def ways_to_change(number: str) -> str:
    return f"{tap('修改 ' + number, '修改')}　{tap('撤回 ' + number, '撤回')}"


def way_to_supplement(number: str) -> str:
    return tap(f"补充 {number}")


def confirm_withdrawal(proposal: Proposal) -> str:
    return lines(
        (
            f"要撤回 {proposal.number}《{quoted(proposal.title, 40)}》吗？撤回后不再参加这次征集。",
            f"确定的话请回复 {tap('确认撤回 ' + proposal.number)}；不撤回就不用理会。",
        )
    )


def withdrawn(number: str) -> str:
    return f"{number} 已经撤回。\n以后有新的想法，随时点 {tap('我要提案')}。"
