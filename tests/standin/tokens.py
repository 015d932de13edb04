"""API tokens: two separate families that never disturb one another (/doc/service/api/base)."""

import secrets
from dataclasses import dataclass

from tests.standin.clock import Clock
from tests.standin.errors import Refused

LIFE = 7200
OVERLAP = 300  # the previous token stays good so long, for handing over
FORCE_INTERVAL = 30
FORCE_PER_DAY = 20
DAY = 86_400
SHORTEST = 16  # what is shorter cannot be a token at all


@dataclass
class Issued:
    value: str
    expires_at: float
    dies_at: float  # earlier than expires_at when something newer replaced it

    @property
    def replaced(self) -> bool:
        return self.dies_at < self.expires_at


class Tokens:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, Issued] = {}
        self._plain: Issued | None = None
        self._stable: Issued | None = None
        self._forced: list[float] = []

    def issue(self) -> tuple[str, int]:
        """/cgi-bin/token: always a new one; the one before dies after the overlap."""
        self._retire(self._plain, OVERLAP)
        self._plain = self._new()
        return self._plain.value, LIFE

    def stable(self, force: bool) -> tuple[str, int]:
        """/cgi-bin/stable_token: the same one until its last five minutes, or until forced."""
        now = self._clock.now()
        if force and self._stable and self._may_force(now):
            self._forced.append(now)
            self._retire(self._stable, 0)
            self._stable = None
        if self._stable is None or self._stable.expires_at - now <= OVERLAP:
            self._stable = self._new()
        return self._stable.value, int(self._stable.expires_at - now)

    def check(self, value: str) -> None:
        """Raises 41001 (none given), 40014 (no token), 40001 (unknown or revoked), 42001 (expired)."""
        if not value:
            raise Refused(41001)
        if len(value) < SHORTEST:
            raise Refused(40014)
        issued, now = self._known.get(value), self._clock.now()
        if issued is None or (issued.replaced and issued.dies_at <= now):
            raise Refused(40001)
        if issued.expires_at <= now:
            raise Refused(42001)

    def revoke(self) -> None:
        """Another party took fresh tokens: every token given so far is dead."""
        for issued in self._known.values():
            self._retire(issued, 0)
        self._plain = self._stable = None

    def _new(self) -> Issued:
        expires_at = self._clock.now() + LIFE
        issued = Issued(f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(96)}", expires_at, expires_at)
        self._known[issued.value] = issued
        return issued

    def _retire(self, issued: Issued | None, after: float) -> None:
        if issued:
            issued.dies_at = min(issued.dies_at, self._clock.now() + after)

    def _may_force(self, now: float) -> bool:
        """Sooner than 30 s after the last time nothing is refreshed; the 21st time a day is refused."""
        self._forced = [at for at in self._forced if at > now - DAY]
        if self._forced and now - self._forced[-1] < FORCE_INTERVAL:
            return False
        if len(self._forced) >= FORCE_PER_DAY:
            raise Refused(45009)
        return True
