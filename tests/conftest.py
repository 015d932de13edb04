"""What all tests share: fresh databases, a clock that stands still, settings of a made-up account."""

import pytest

pytest_plugins = ["tests.fixtures"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.fixtures.browsers import CHROMIUM  # a plugin's modules are not to be imported before it is

    if CHROMIUM is None:
        terminalreporter.write_line("The browser tests did not run: no Chromium was found.")
