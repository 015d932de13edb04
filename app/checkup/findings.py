"""What a check found, as a line for the operator. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
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


def softened(finding: Finding, subjects: Collection[str]) -> Finding:
    """What is wrong with one of these is only a note for now."""
    if finding.verdict is Verdict.WRONG and finding.subject in subjects:
        return replace(finding, verdict=Verdict.NOTE)
    return finding
