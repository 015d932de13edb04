"""Arithmetic of the statistics: scores and how far apart they are, and spans of time. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from math import ceil

SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Scores:
    """Scores from 1 to 5; `counts` says how many gave each. Of none there is neither mean nor half."""

    counts: tuple[int, ...] = (0,) * len(SCORES)

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        points = sum(score * count for score, count in zip(SCORES, self.counts, strict=True))
        return points / self.total if self.total else None

    @property
    def middle_half(self) -> tuple[int, int] | None:
        """Between which scores the half lies that is left without the highest and the lowest quarter."""
        return (self._at(0.25), self._at(0.75)) if self.total else None

    @property
    def agreement(self) -> str:
        """How far apart people are, in words."""
        if self.middle_half is None:
            return ""
        low, high = self.middle_half
        return "看法比较一致" if high - low <= 1 else "看法有些不同" if high - low == 2 else "看法相差较大"

    def _at(self, share: float) -> int:
        """The score that at least this share of people gave at most."""
        rank = ceil(share * self.total)
        return next(
            score for score, at_most in zip(SCORES, accumulate(self.counts), strict=True) if at_most >= rank
        )


def histogram(scores: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(scores.get(score, 0) for score in SCORES)


def lasting(span: timedelta) -> str:
    """A span of time as people say it."""
    days, hours, minutes = span.days, span.seconds // 3600, span.seconds // 60
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    return f"{hours} 小时" if hours else f"{minutes} 分钟" if minutes else "不到 1 分钟"
