"""Quick figures are always fresh; slow ones are shown again for a while."""

from collections.abc import Callable, Iterator

import pytest

from app.database import Database
from app.statistics.keeping import QUICK, TIMES_AS_LONG, recent


class Watch:
    """Reckoning takes as long as it is told to."""

    def __init__(self, takes: float) -> None:
        self.time, self.takes, self.reckoned = 100.0, takes, 0

    def __call__(self) -> float:
        return self.time

    def reckon(self) -> int:
        self.time += self.takes
        self.reckoned += 1
        return self.reckoned


@pytest.fixture
def ask(sqlite_database: Database) -> Iterator[Callable[[Watch, str], int]]:
    with sqlite_database.reading() as session:
        yield lambda watch, name: recent(session, name, watch.reckon, watch)


def test_what_is_quick_is_reckoned_every_time(ask: Callable[[Watch, str], int]) -> None:
    watch = Watch(takes=QUICK)
    assert [ask(watch, "home") for _ in range(3)] == [1, 2, 3]


def test_what_is_slow_is_kept_for_many_times_as_long(ask: Callable[[Watch, str], int]) -> None:
    watch = Watch(takes=1.0)
    assert [ask(watch, "home"), ask(watch, "home")] == [1, 1]
    assert ask(watch, "another") == 2
    watch.time = 100.0 + TIMES_AS_LONG - 0.01
    assert ask(watch, "home") == 1
    watch.time = 100.0 + TIMES_AS_LONG
    assert ask(watch, "home") == 3


def test_nothing_is_kept_from_another_database(sqlite_database: Database, tmp_path: object) -> None:
    watch, other = Watch(takes=1.0), Database(f"sqlite:///{tmp_path}/other.db")
    with sqlite_database.reading() as here, other.reading() as there:
        assert recent(here, "home", watch.reckon, watch) == 1
        assert recent(there, "home", watch.reckon, watch) == 2
    other.close()
