"""When a broadcast may begin, and when its moment is over. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.campaigns.rules import PHASE_TITLES
from app.errors import Conflict
from models.enums import PhaseKind

LATE = timedelta(hours=1)  # so late a release still means the time that was written down

ORDER = tuple(PhaseKind)


class MomentMissed(Conflict):
    code = "moment_missed"


@dataclass(frozen=True)
class Now:
    """`phase_ends_at`: when the phase that is waited for ends by the calendar; None while hands set phases."""

    at: datetime
    phase: PhaseKind
    phase_ends_at: datetime | None = None


@dataclass(frozen=True)
class Moment:
    """Not before `at`, and in `phase` alone; either may be missing."""

    at: datetime | None
    phase: PhaseKind | None

    def has_to_wait(self, now: Now) -> bool:
        """Whether what was released may not begin yet."""
        return (self.at is not None and self.at > now.at) or (
            self.phase is not None and self.phase is not now.phase
        )

    def missed(self, now: Now, *, is_released: bool) -> str:
        """Why it will never come, as half a Chinese sentence; empty while it may.

        What was released in time goes out late rather than not at all, as long as its phase lasts.
        """
        if self.phase and ORDER.index(now.phase) > ORDER.index(self.phase):
            return f"等的“{PHASE_TITLES[self.phase]}”阶段已经过去"
        if self.at is None or is_released:
            return ""
        if self.phase and now.phase_ends_at and self.at >= now.phase_ends_at:
            return f"定的时间在“{PHASE_TITLES[self.phase]}”阶段结束以后"
        return "定的时间已经过去" if self.at + LATE < now.at else ""
