"""What is said of proposals that were handed in. Pure."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from app.campaigns.dates import day
from app.proposals.status import STATUS, told
from app.wechat.speech import lines, paragraphs, quoted, tap
from models import Proposal
from models.enums import ProposalStatus
from wechat_handlers.texts.supporting import count

NOT_YOURS = "{number} 不是从您这个微信号提交的，只能由提案人自己修改或撤回。"


def number_not_found(number: str) -> str:
    return f"没有查到 {number}，请核对一下编号。您自己提案的编号，点 {tap('我的提案')} 就能看到。"


def progress(proposal: Proposal, merged_into: str | None, supporters: int, *, own: bool, zone: ZoneInfo) -> str:
    """The status of one proposal. Others than its author see no content of it."""
    title = f"《{quoted(proposal.title, 40)}》" if own else ""
    return lines(
        (
            f"{proposal.number}{title}",
            f"提交时间：{day(proposal.submitted_at, zone)}",
            f"现在的进度：{told(proposal.status, merged_into)}",
            f"说明：{quoted(proposal.status_reason)}" if own and proposal.status_reason else "",
            tap("补充 " + proposal.number) if own and proposal.status is ProposalStatus.RETURNED else "",
            count(supporters),
        )
    )


def none_yet(*, may_propose: bool) -> str:
    begin = f"想提一份，点 {tap('我要提案')}。" if may_propose else ""
    return f"您还没有提交过提案。{begin}"


def my_proposals(proposals: Sequence[Proposal], supporters: Mapping[int, int], *, changeable: bool) -> str:
    """The list of one's own; `supporters` of each by its id."""
    shown = [
        lines(
            (
                f"{p.number}《{quoted(p.title, 24)}》",
                "，".join(filter(None, (STATUS[p.status], count(supporters[p.id])))),
                _changes(p, changeable),
            )
        )
        for p in proposals
    ]
    return paragraphs(f"您一共提交了 {len(proposals)} 份提案：", *shown)


def unfinished(title: str, *, in_time: bool) -> str:
    if not in_time:
        return f"还有一份没赶上提交：{quoted(title, 40)}\n回复 {tap('预览')} 可以看写过的内容。"
    return f"还有一份没写完：{quoted(title, 40)}\n回复 {tap('继续')} 接着写。"


def _changes(proposal: Proposal, changeable: bool) -> str:
    if proposal.status is ProposalStatus.RETURNED:
        return tap("补充 " + proposal.number)
    if not changeable or proposal.status is not ProposalStatus.SUBMITTED:
        return ""
    return f"{tap('修改 ' + proposal.number, '修改')}　{tap('撤回 ' + proposal.number, '撤回')}"


def confirm_withdrawal(proposal: Proposal) -> str:
    return lines(
        (
            f"要撤回 {proposal.number}《{quoted(proposal.title, 40)}》吗？撤回后不再参加这次征集。",
            f"确定的话请回复 {tap('确认撤回 ' + proposal.number)}；不撤回就不用理会。",
        )
    )


def withdrawn(number: str) -> str:
    return f"{number} 已经撤回。\n以后有新的想法，随时点 {tap('我要提案')}。"
