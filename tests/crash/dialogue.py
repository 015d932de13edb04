"""One scripted proposal: its messages, and what the service must hold after each of them. Pure."""

from dataclasses import dataclass
from typing import Any, Protocol

# What is sent, and the answers that are held once it is acknowledged. A piece of the summary counts as its answer.
Step = tuple[str, dict[str, Any]]


class Script(Protocol):
    """What somebody says, one message after the other."""

    def messages(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Dialogue:
    """Each has words of its own, so that an answer in the wrong place is seen."""

    author: int
    number: int

    def steps(self) -> tuple[Step, ...]:
        mark = f"{self.author}之{self.number}"
        first, second = f"第一段，{mark}。", f"第二段，{mark}。"
        return (
            ("我要提案", {}),
            ("同意", {"consent": "agreed"}),
            ("3", {"category": "health"}),
            (f"名称{mark}", {"title": f"名称{mark}"}),
            (first, {"summary": first}),
            (second, {"summary": f"{first}\n{second}"}),
            ("完", {}),
            (f"成效{mark}", {"expected_outcome": f"成效{mark}"}),
            ("跳过", {"evaluation": None}),
            (f"甲方{mark}", {"unit": {"unit": f"甲方{mark}", "trade": None}}),
            ("王师傅", {"name": "王师傅"}),
            (self.phone, {"phone": self.phone}),
            ("提交", {}),
        )

    @property
    def phone(self) -> str:
        return f"138{self.author:04d}{self.number:04d}"

    def messages(self) -> tuple[str, ...]:
        return tuple(message for message, _ in self.steps())

    def held_after(self, acknowledged: int) -> dict[str, Any]:
        """The answers held after so many messages."""
        held: dict[str, Any] = {}
        for _, answers in self.steps()[:acknowledged]:
            held |= answers
        return held
