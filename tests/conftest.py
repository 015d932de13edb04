"""What all tests share: fresh databases, a clock that stands still, settings of a made-up account."""

pytest_plugins = ["tests.fixtures"]
