"""The one source of time: what depends on the hour asks a Clock, so tests and rehearsals can move it."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Time as the service sees it; always aware, in UTC.

    `now` may be shifted for a rehearsal and rules the calendar, phases, timers and quiet hours.
    `wall` is never shifted: the callback's time window, tokens and leases are agreed with others.
    """

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def now(self) -> datetime:
        return self.wall() + self.offset
