"""Turns of talk, encrypted and stored before they are answered, against an echo that stores nothing."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from tests.bench.load import drive
from tests.bench.measuring import Round, Row, compared, measured, of_base, require_success
from tests.bench.pushes import TURNS, conversations
from tests.bench.servers import KEYS, Server, base, collecting, shishi

CONNECTIONS = 32
PROPOSALS = 10  # of each connection in a round
STEADY_PER_SECOND = 200
STEADY_SECONDS = 10


def rows(databases: Mapping[str, str], rounds: int) -> Iterator[Row]:
    for url in databases.values():
        collecting(url)
    with ExitStack() as stack:
        echo = stack.enter_context(base("echo"))
        ours = {name: stack.enter_context(shishi(url)) for name, url in databases.items()}
        for name, server in ours.items():
            yield Row(f"memory at rest, {name}", f"{server.resident_megabytes():.0f} MB", "", "< 150 MB")
        taken = [(_round(echo), {name: _round(server) for name, server in ours.items()}) for _ in range(rounds)]
        pairs = {name: [(first, others[name]) for first, others in taken] for name in ours}
        yield of_base("turns a second, echo", next(iter(pairs.values())))
        for name in ours:
            reach = "0.6, then 1.0" if "SQLite" in name else "0.5"
            yield compared(f"turns a second, {name}", pairs[name], reach)
        for name, server in ours.items():
            yield _steady(name, server)


def _round(server: Server) -> Round:
    return measured(server, conversations(KEYS, CONNECTIONS, PROPOSALS, int(time.time())), _is_reply)


def _steady(name: str, server: Server) -> Row:
    """The slowest hundredth while messages come at an even pace."""
    proposals = STEADY_PER_SECOND * STEADY_SECONDS // CONNECTIONS // TURNS
    requests = conversations(KEYS, CONNECTIONS, proposals, int(time.time()))
    report = asyncio.run(drive(server.port, requests, _is_reply, STEADY_PER_SECOND))
    require_success(report)
    value = f"{report.percentile(0.99) * 1000:.0f} ms"
    return Row(f"p99 at {STEADY_PER_SECOND} messages a second, {name}", value, "", "< 1000 ms")


def _is_reply(head: bytes, body: bytes) -> bool:
    return head.startswith(b"HTTP/1.1 200") and body.startswith(b"<xml>")
