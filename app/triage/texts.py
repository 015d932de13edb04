"""What proposers are told when something was decided of their proposal. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.wechat.speech import paragraphs, quoted, tap
from models.enums import DecisionKind

TITLE_SHOWN = 40  # characters


def _return(number: str, reason: str) -> str:
    return paragraphs(
        f"工作人员看了以后，想请您再补充一点：{reason}",
        f"点 {tap('补充 ' + number)} 就可以接着写，随时都可以，写好的都替您存着。",
    )


def _reject(number: str, reason: str) -> str:
    return paragraphs(
        f"我们认真讨论过了，这次没有采纳。原因：{reason}",
        f"谢谢您为大家操心，您的话我们记下了。想看提案，随时回复 {tap('进度 ' + number)}。",
    )


def _shortlist(number: str, _reason: str) -> str:
    return paragraphs(
        "经过评审，它入选了，接下来会进入候选项目的遴选。谢谢您的好主意！",
        f"想看进度，随时回复 {tap('进度 ' + number)}。",
    )


DECIDED: Mapping[DecisionKind, Callable[[str, str], str]] = MappingProxyType(
    {DecisionKind.RETURN: _return, DecisionKind.REJECT: _reject, DecisionKind.SHORTLIST: _shortlist}
)


def decided(kind: DecisionKind, number: str, title: str, reason: str, leading: str = "") -> str:
    """`leading` is the proposal that this one was merged into and that was decided for both."""
    return paragraphs(_greeting(number, title, leading), DECIDED[kind](number, quoted(reason)))


def merged(number: str, title: str, into: str) -> str:
    return paragraphs(
        _greeting(number, title),
        f"有几位职工想到一块儿了，我们把相近的提案合并到 {into} 一起办理。您的原话和署名都保留，一个字也不少。",
        f"想看进度，随时回复 {tap('进度 ' + number)}。",
    )


def unmerged(number: str, title: str, into: str) -> str:
    return paragraphs(
        _greeting(number, title),
        f"前几天说过和 {into} 合并办理，我们又看了一遍，觉得您的想法应当单独考虑，现在已经恢复成单独的一份。",
        f"想看进度，随时回复 {tap('进度 ' + number)}。",
    )


def reconsidered(number: str, title: str, leading: str = "") -> str:
    return paragraphs(
        _greeting(number, title, leading),
        "我们决定请另一位同事再看一次，您什么都不用做，有结果马上告诉您。",
    )


def _greeting(number: str, title: str, leading: str = "") -> str:
    together = f"（已合并到 {leading} 一起办理）" if leading else ""
    return f"您好！关于您的提案 {number}《{quoted(title, TITLE_SHOWN)}》{together}："
