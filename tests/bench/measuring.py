"""Rounds of load, ours and the base's alternately, and the lines of the table they make."""

import asyncio
from statistics import median
from typing import NamedTuple

from tests.bench.load import IsGood, Report, drive
from tests.bench.servers import Server


class Row(NamedTuple):
    """One line of the table: `ratio` is to the base of the same rounds, `reach` what we aim at."""

    what: str
    value: str
    ratio: str
    reach: str


class Round(NamedTuple):
    """`cpu_each` in seconds of the server."""

    per_second: float
    cpu_each: float


def measured(server: Server, requests: list[list[bytes]], is_good: IsGood) -> Round:
    """Each inner list is sent over a connection of its own."""
    before = server.cpu_seconds()
    report = asyncio.run(drive(server.port, requests, is_good))
    require_success(report)
    return Round(report.per_second, (server.cpu_seconds() - before) / len(report.latencies))


def compared(what: str, pairs: list[tuple[Round, Round]], reach: str) -> Row:
    """Of rounds of the base and of ours, a pair at a time: the machine is not the same an hour later."""
    speed = median(ours.per_second / base.per_second for base, ours in pairs)
    cpu = median(base.cpu_each / ours.cpu_each for base, ours in pairs)
    value = f"{median(ours.per_second for _, ours in pairs):.0f}"
    return Row(what, value, f"{speed:.2f} (by CPU {cpu:.2f})", reach)


def of_base(what: str, pairs: list[tuple[Round, Round]]) -> Row:
    return Row(what, f"{median(base.per_second for base, _ in pairs):.0f}", "1.00", "base")


def require_success(report: Report) -> None:
    if report.failures:
        raise RuntimeError(f"{report.failures} of {len(report.latencies)} requests failed")
