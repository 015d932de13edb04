"""What the service counts about itself: numbers without persons. What the database tells is in app.api.gauges.

Names are Prometheus' own way: base units, `_total` for what only grows. Labels have few values, all of them words
of
Each process counts its own. Those of one `shishi serve --workers N` share a folder (PROMETHEUS_MULTIPROC_DIR), so
that whichever of them is asked answers for all of them; `shishi worker` has a port for it.
"""

import os
from collections.abc import Iterable
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    disable_created_metrics,
    generate_latest,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client as it is imported

disable_created_metrics()  # type: ignore[no-untyped-call] # a second series for each, which nobody reads

# Without the library's default registry: it would add the process's own numbers, and is shared with others.
REGISTRY = CollectorRegistry()

TURN_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 5)  # seconds; the platform hangs up after 5
BATCH_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
COMMIT_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15)  # seconds; 15 waiting for a lock
CALL_BUCKETS = (
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
)  # seconds; then a call is given up, where nothing is set

TURNS = Counter(
    "shishi_turns",
    "Pushes of the platform that were taken, by what was pushed and what became of it",
    ["kind", "outcome"],
    registry=REGISTRY,
)
REFUSALS = Counter("shishi_refusals", "Pushes that were refused, by HTTP status", ["status"], registry=REGISTRY)
TURN_SECONDS = Histogram(
    "shishi_turn_seconds", "From the whole push read to its answer", buckets=TURN_BUCKETS, registry=REGISTRY
)
LATE_ANSWERS = Counter(
    "shishi_late_answers",
    "Answers that were not ready in time, by whether they are owed as messages now",
    ["outcome"],
    registry=REGISTRY,
)
WRITER_BATCH = Histogram(
    "shishi_writer_batch_pieces",
    "Pieces of writing that shared a commit, without ballots",
    buckets=BATCH_BUCKETS,
    registry=REGISTRY,
)
WRITER_COMMIT_SECONDS = Histogram(
    "shishi_writer_commit_seconds",
    "How long a commit of the writer took, without those of ballots",
    buckets=COMMIT_BUCKETS,
    registry=REGISTRY,
)
PLATFORM_CALLS = Counter(
    "shishi_platform_calls",
    "Calls of the platform, each try counted, by the code it answered with: 0 accepted, other for unknown ones;"
    " not_sent it was not reached, unanswered nothing readable came back",
    ["endpoint", "errcode"],
    registry=REGISTRY,
)
PLATFORM_CALL_SECONDS = Histogram(
    "shishi_platform_call_seconds",
    "How long the platform took to answer, or not to",
    ["endpoint"],
    buckets=CALL_BUCKETS,
    registry=REGISTRY,
)
PLATFORM_RETRIES = Counter(
    "shishi_platform_retries", "Calls that were repeated after a rest", ["endpoint"], registry=REGISTRY
)
TOKEN_REFRESHES = Counter(
    "shishi_token_refreshes", "Fetches of the platform's token, by what came", ["outcome"], registry=REGISTRY
)
SENDS = Counter(
    "shishi_sends",
    "Tries to send a message, by what came of it; a mass job is one",
    ["channel", "outcome"],
    registry=REGISTRY,
)
RESTS = Counter(
    "shishi_sending_rests",
    "How often sending stopped for a while or until a person looks, by who sent and why",
    ["sender", "reason"],
    registry=REGISTRY,
)
QUOTA_LIMIT = Gauge(
    "shishi_quota_limit",
    "Calls a day the platform allows, as it last said, of what is being called",
    ["endpoint"],
    multiprocess_mode="mostrecent",
    registry=REGISTRY,
)
QUOTA_LEFT = Gauge(
    "shishi_quota_left",
    "Calls left today, as the platform last said, of what is being called",
    ["endpoint"],
    multiprocess_mode="mostrecent",
    registry=REGISTRY,
)


class Together(Collector):
    """Several collectors as one."""

    def __init__(self, *parts: Collector) -> None:
        self._parts = parts

    def collect(self) -> Iterable[Metric]:
        for part in self._parts:
            yield from part.collect()


def exposition(*more: Collector) -> bytes:
    """Everything counted here, and `more`, as Prometheus reads it."""
    return generate_latest(Together(_counted(), *more))


def serve(port: int) -> tuple[WSGIServer, Thread]:
    """For a process without addresses of its own, on this machine alone. Raises OSError."""
    return start_http_server(port, addr="127.0.0.1", registry=REGISTRY)


def _counted() -> Collector:
    if SHARED_FOLDER in os.environ:
        return MultiProcessCollector(None)  # type: ignore[no-untyped-call]
    return REGISTRY
