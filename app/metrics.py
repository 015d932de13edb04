"""What the service counts about itself: numbers without persons. Each process counts its own."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

# Without the library's default registry: it would add the process's own numbers, and is shared with others.
REGISTRY = CollectorRegistry()

TURN_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 5)  # seconds; the platform hangs up after 5
BATCH_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

TURNS = Counter("shishi_turns", "Pushes of the platform that were answered", registry=REGISTRY)
REFUSALS = Counter("shishi_refusals", "Pushes that were refused", ["status"], registry=REGISTRY)
TURN_SECONDS = Histogram(
    "shishi_turn_seconds", "From the whole push read to its answer", buckets=TURN_BUCKETS, registry=REGISTRY
)
WRITER_BATCH = Histogram(
    "shishi_writer_batch", "Pieces of writing that shared a commit", buckets=BATCH_BUCKETS, registry=REGISTRY
)
OUTBOX = Gauge("shishi_outbox_messages", "Messages not yet done with", ["state"], registry=REGISTRY)


def count_turn(status: int, seconds: float) -> None:
    """One push, answered with HTTP `status`."""
    if status < 400:
        TURNS.inc()
        TURN_SECONDS.observe(seconds)
    else:
        REFUSALS.labels(str(status)).inc()
