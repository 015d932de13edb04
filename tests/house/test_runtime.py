"""What ships runs on the runtime lock alone; the tests' own packages would hide that something is missing."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

from tests.house.tree import ROOT

LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)
IMPORTING = """
import importlib, json, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

absent = set(json.load(sys.stdin))
sys.meta_path.insert(0, Absent())
importlib.import_module("migrations")  # the rest of it runs inside Alembic alone
for shipped in ("app", "wechat_handlers", "models"):
    for module in pkgutil.walk_packages(importlib.import_module(shipped).__path__, f"{shipped}."):
        importlib.import_module(module.name)
"""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_nothing_that_ships_needs_what_only_the_tests_bring() -> None:
    locked = set(LOCKED.findall((ROOT / "requirements.lock").read_text())) | {"shishi"}
    brought = packages_distributions()
    absent = [module for module, names in brought.items() if not {canonical(name) for name in names} & locked]
    assert "pytest" in absent
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING],
        input=json.dumps(absent),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
