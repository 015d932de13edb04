"""What the status of a proposal means to the person who waits for it. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from models.enums import ProposalStatus

# Every status has a sentence: there is no dead end.
STATUS: Mapping[ProposalStatus, str] = MappingProxyType(
    {
        ProposalStatus.SUBMITTED: "已收到，等待汇总梳理",
        ProposalStatus.RETURNED: "请您补充内容",
        ProposalStatus.REJECTED: "这次没有采纳",
        ProposalStatus.SHORTLISTED: "已入选，将进入候选项目的遴选",
        ProposalStatus.MERGED: "已和相近的提案合并办理",
        ProposalStatus.WITHDRAWN: "已撤回",
    }
)


WAITS_FOR_AUTHOR = "正在等提案人补充内容"


def told(status: ProposalStatus, merged_into: str | None = None, *, own: bool = True) -> str:
    """The status in words, to its author or to others; `merged_into` is what it is now handled with."""
    if merged_into:
        return f"已合并到 {merged_into} 一起办理，原来的内容和署名都保留"
    return STATUS[status] if own or status is not ProposalStatus.RETURNED else WAITS_FOR_AUTHOR
