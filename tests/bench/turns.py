"""Turns of talk, encrypted and stored before they are answered, against an echo that stores nothing."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple

from tests.bench.load import Report, drive
from tests.bench.pushes import conversations
from tests.bench.servers import KEYS, Server, echo, shishi

CONNECTIONS = 32
TURNS = 130  # of each connection in a round: ten whole proposals
STEADY_PER_SECOND = 200
STEADY_SECONDS = 10


class Row(NamedTuple):
    """One line of the table: `ratio` is to the base of the same rounds, `reach` what we aim at."""

    what: str
    value: str
    ratio: str
    reach: str


class Round(NamedTuple):
    per_second: float
    cpu_each: float


def rows(databases: dict[str, str], rounds: int) -> Iterator[Row]:
    with ExitStack() as stack:
        base = stack.enter_context(echo())
        ours = {name: stack.enter_context(shishi(url)) for name, url in databases.items()}
        for name, server in ours.items():
            yield Row(f"memory at rest, {name}", f"{server.resident_megabytes():.0f} MB", "", "< 150 MB")
        measured = [(_round(base), {name: _round(server) for name, server in ours.items()}) for _ in range(rounds)]
        yield Row(
            "turns a second, echo", f"{median(first.per_second for first, _ in measured):.0f}", "1.00", "base"
        )
        for name in ours:
            yield _compared(name, [(first, others[name]) for first, others in measured])
        for name, server in ours.items():
            yield _steady(name, server)


def _round(server: Server) -> Round:
    requests = conversations(KEYS, CONNECTIONS, TURNS, int(time.time()))
    before = server.cpu_seconds()
    report = asyncio.run(drive(server.port, requests))
    _require_success(report)
    return Round(report.per_second, (server.cpu_seconds() - before) / len(report.latencies))


def _compared(name: str, pairs: list[tuple[Round, Round]]) -> Row:
    speed = median(ours.per_second / base.per_second for base, ours in pairs)
    cpu = median(base.cpu_each / ours.cpu_each for base, ours in pairs)
    value = f"{median(ours.per_second for _, ours in pairs):.0f}"
    reach = "0.6, then 1.0" if "SQLite" in name else "0.5"
    return Row(f"turns a second, {name}", value, f"{speed:.2f} (by CPU {cpu:.2f})", reach)


def _steady(name: str, server: Server) -> Row:
    """The slowest hundredth while messages come at an even pace."""
    turns = STEADY_PER_SECOND * STEADY_SECONDS // CONNECTIONS
    requests = conversations(KEYS, CONNECTIONS, turns, int(time.time()))
    report = asyncio.run(drive(server.port, requests, STEADY_PER_SECOND))
    _require_success(report)
    value = f"{report.percentile(0.99) * 1000:.0f} ms"
    return Row(f"p99 at {STEADY_PER_SECOND} messages a second, {name}", value, "", "< 1000 ms")


def _require_success(report: Report) -> None:
    if report.failures:
        raise RuntimeError(f"{report.failures} of {len(report.latencies)} requests failed")
