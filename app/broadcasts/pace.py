"""No faster than so many a second, evenly: what was not used is not made up for."""

import asyncio

CATCHING_UP = 0.1  # seconds: the loop may wake a little late without losing its place


class Pace:
    """`per_second` 0: no limit."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next = 0.0

    def take(self) -> bool:
        """Whether one more may go now; if so, it is counted."""
        now = _now()
        if self._gap and now < self._next:
            return False
        self._next = max(self._next, now - CATCHING_UP) + self._gap
        return True

    def delay(self) -> float:
        """Seconds until one more may go."""
        return max(0.0, self._next - _now()) if self._gap else 0.0


def _now() -> float:
    return asyncio.get_running_loop().time()
