"""A client that keeps a server busy: each connection sends its requests one after another."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

IsGood = Callable[[bytes, bytes], bool]  # by the head and the body of an answer


@dataclass
class Report:
    """`latencies` in seconds, sorted."""

    seconds: float = 0
    latencies: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


async def drive(port: int, connections: list[list[bytes]], is_good: IsGood, per_second: float = 0) -> Report:
    """Send everything; with `per_second` no faster than that in all."""
    report = Report()
    begun = time.perf_counter()
    gap = len(connections) / per_second if per_second else 0.0
    await asyncio.gather(*(_converse(port, requests, is_good, gap, report) for requests in connections))
    report.seconds = time.perf_counter() - begun
    report.latencies.sort()
    return report


async def _converse(port: int, requests: list[bytes], is_good: IsGood, gap: float, report: Report) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = time.perf_counter()
    for request in requests:
        if gap:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += gap
        sent = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        report.latencies.append(time.perf_counter() - sent)
        report.failures += not is_good(head, body)
    writer.close()
    await writer.wait_closed()


def _length(head: bytes) -> int:
    for line in islice(head.split(b"\r\n"), 1, None):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
