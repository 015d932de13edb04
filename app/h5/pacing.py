"""How often somebody may do a thing within a minute: counted in this process, forgotten after the minute."""

from collections.abc import Hashable
from dataclasses import dataclass

from app.clock import Clock
from app.settings import Settings

MINUTE = 60  # seconds
KNOWN_LIMIT = 50_000  # whoever comes beyond these is not counted: better than to refuse strangers
POSTS_A_MINUTE = (
    600  # of one person, the same sent again included: a page that hangs is tapped often, not so often
)
FAILURES_A_MINUTE = 120  # of one address, where a factory may have thousands of phones whose sign-ins succeed


class Pace:
    """`per_minute` is how many are well; 0: any number."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._minute = 0
        self._done: dict[Hashable, tuple[int, Hashable]] = {}

    def count(self, who: Hashable, what: Hashable = None) -> None:
        """What is the same as the last time is not counted, unless it is None."""
        done = self._of_this_minute()
        times, last = done.get(who, (0, None))
        if (what is None or what != last) and (times or len(done) < KNOWN_LIMIT):
            done[who] = times + 1, what

    def is_exceeded(self, who: Hashable) -> bool:
        """Whether more has been counted than is well."""
        return 0 < self._per_minute < self._of_this_minute().get(who, (0, None))[0]

    def _of_this_minute(self) -> dict[Hashable, tuple[int, Hashable]]:
        minute = int(self._clock.wall().timestamp()) // MINUTE
        if minute != self._minute:
            self._minute, self._done = minute, {}
        return self._done


@dataclass(frozen=True)
class Paces:
    """Of the ballots of a person, of all they post, and of the sign-ins that failed from an address.

    Nothing is counted by address of those who are signed in: no flood, and no neighbour, keeps them from voting.
    """

    ballots: Pace
    posts: Pace
    failures: Pace

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> "Paces":
        per_minute = settings.vote.per_minute
        return cls(Pace(per_minute, clock), Pace(POSTS_A_MINUTE, clock), Pace(FAILURES_A_MINUTE, clock))
