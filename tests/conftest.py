"""What all tests share: fresh databases, a clock that stands still, settings of a made-up account."""

import gc

import hypothesis
import pytest

# A busy machine is no reason to fail: how long an example takes says nothing about whether it is right.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

pytest_plugins = ["tests.fixtures"]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look it over again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.fixtures.browsers import CHROMIUM  # a plugin's modules are not to be imported before it is

    if CHROMIUM is None:
        terminalreporter.write_line("The browser tests did not run: no Chromium was found.")
