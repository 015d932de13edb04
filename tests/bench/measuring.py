"""Rounds of load, ours and the base's alternately, and the lines of the table they make."""

import asyncio
import time
from collections.abc import Callable, Mapping
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


def grown(what: str, seconds: Mapping[int, float], most: float = 1.3) -> Row:
    """What each of the many costs, as a ratio to each of the few; `seconds` by how many they were."""
    few, many = sorted(seconds)
    each = {number: seconds[number] / number for number in (few, many)}
    return Row(what, f"{each[many] * 1e6:.1f} µs", f"{each[many] / each[few]:.2f}", f"< {most} at {many:,}")


def seconds_of(deed: Callable[[], object]) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def require_success(report: Report) -> None:
    if report.failures:
        raise RuntimeError(f"{report.failures} of {len(report.latencies)} requests failed")
