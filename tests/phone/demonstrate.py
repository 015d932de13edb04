"""Runs the demonstration with the tiny service in place of the real one."""

import asyncio
import sys

from tests.standin.demo.__main__ import demonstrate

if __name__ == "__main__":
    sys.exit(asyncio.run(demonstrate((sys.executable, "-m", "tests.phone.shishi"))))
