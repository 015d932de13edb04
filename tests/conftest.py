"""What all tests share: fresh databases, a clock that stands still, settings of a made-up account."""

import gc

import hypothesis
import pytest

# A busy machine is no reason to fail: how long an example takes says nothing about whether it is right.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

pytest_plugins = ["tests.fixtures"]

# On PostgreSQL these run in `make test-long` alone. What keeps a queue, a lock or a schema runs on both at once.
LONG_ON_POSTGRES = tuple(
    f"tests/{part}/"
    for part in ("app/api", "app/console", "app/h5", "app/projects", "app/triage", "app/ballots", "journeys")
)
AT_ONCE = "test_at_once.py"  # writers that meet: few in a room, and made for PostgreSQL


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        variant = getattr(item, "callspec", None)
        on_postgres = variant is not None and variant.params.get("database") == "postgres"
        if on_postgres and item.nodeid.startswith(LONG_ON_POSTGRES) and item.path.name != AT_ONCE:
            item.add_marker(pytest.mark.long)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look it over again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.fixtures.browsers import CHROMIUM  # a plugin's modules are not to be imported before it is

    if CHROMIUM is None:
        terminalreporter.write_line("The browser tests did not run: no Chromium was found.")
