"""What is said when the office has asked for more. Pure."""

from collections.abc import Sequence

from app.wechat.speech import paragraphs, tap


def not_asked(number: str) -> str:
    return f"{number} 现在不用补充。想看进度，点 {tap('进度 ' + number)}。"


def too_late(number: str) -> str:
    return f"汇总梳理已经结束，{number} 现在不能再补充了。想看进度，点 {tap('进度 ' + number)}。"


def waiting(numbers: Sequence[str]) -> str:
    if not numbers:
        return ""
    ways = "　".join(tap(f"补充 {number}") for number in numbers)
    return f"工作人员在等您补充提案的内容，点 {ways} 就可以接着写。"


def supplemented(number: str) -> str:
    return paragraphs(
        f"收到了，谢谢您！补充的内容已经加到 {number} 里，工作人员会接着看。",
        f"想看进度，随时回复 {tap('进度 ' + number)}。",
    )
