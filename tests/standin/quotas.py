"""How often each API may be called: by the day (Beijing time) and by the minute."""

from collections import Counter

from tests.standin.clock import Clock, beijing_day
from tests.standin.errors import Refused

MINUTE = 60

# The published table is old; a service asks /cgi-bin/openapi/quota/get instead of trusting it.
PER_DAY = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1_000,
    "/cgi-bin/menu/addconditional": 2_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/message/mass/sendall": 100,
    "/cgi-bin/message/mass/send": 100,
    "/cgi-bin/message/mass/preview": 100,
    "/cgi-bin/message/mass/delete": 10,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/media/upload": 5_000,
    "/cgi-bin/media/get": 10_000,
}
PER_MINUTE = {
    "/cgi-bin/stable_token": 10_000,
    "/cgi-bin/message/mass/sendall": 60,
    "/cgi-bin/message/mass/send": 60,
}
CLEARS_PER_MONTH = 10


class Quotas:
    """`per_day` and `per_minute` are open to change: a test makes them small."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.per_day = dict(PER_DAY)
        self.per_minute = dict(PER_MINUTE)
        self._today: Counter[str] = Counter()
        self._this_minute: Counter[str] = Counter()
        self._day = ""
        self._minute = 0
        self._clears: Counter[str] = Counter()

    def spend(self, path: str) -> None:
        """Count one call; raises 45009 (day) or 45011 (minute) when it is one too many."""
        self._turn_over()
        if self._today[path] >= self.per_day.get(path, 10**9):
            raise Refused(45009)
        if self._this_minute[path] >= self.per_minute.get(path, 10**9):
            raise Refused(45011)
        self._today[path] += 1
        self._this_minute[path] += 1

    def used(self, path: str) -> int:
        self._turn_over()
        return self._today[path]

    def clear(self) -> None:
        """Reset every daily count; ten times a month, then 48006."""
        month = beijing_day(self._clock.now())[:7]
        if self._clears[month] >= CLEARS_PER_MONTH:
            raise Refused(48006)
        self._clears[month] += 1
        self._today.clear()

    def _turn_over(self) -> None:
        now = self._clock.now()
        day, minute = beijing_day(now), int(now) // MINUTE
        if day != self._day:
            self._today.clear()
        if minute != self._minute:
            self._this_minute.clear()
        self._day, self._minute = day, minute
