"""What all tests share: fresh databases, a clock that stands still, settings of a made-up account."""

import pytest

from tests.fixtures.browsers import CHROMIUM

pytest_plugins = ["tests.fixtures"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line("The browser tests did not run: no Chromium was found.")
