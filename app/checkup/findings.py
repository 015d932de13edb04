"""What a check found, as a line for the operator. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    FINE = "✓"
    NOTE = "！"  # works, but somebody should know
    WRONG = "✗"


@dataclass(frozen=True)
class Finding:
    """`mend` says what to do. Neither holds a secret."""

    verdict: Verdict
    subject: str
    said: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict} {self.subject}：{self.said}"
        return f"{line}\n  怎么办：{self.mend}" if self.mend else line


def fine(subject: str, said: str) -> Finding:
    return Finding(Verdict.FINE, subject, said)


def note(subject: str, said: str, mend: str = "") -> Finding:
    return Finding(Verdict.NOTE, subject, said, mend)


def wrong(subject: str, said: str, mend: str) -> Finding:
    return Finding(Verdict.WRONG, subject, said, mend)
