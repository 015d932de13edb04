"""`make audit`: whether known vulnerabilities touch what the locks pin. Without an answer it only says so.

The auditor lives in an environment of its own: what it needs is no part of what ships or is developed with.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

ENVIRONMENT = Path(".venv/audit")
AUDITOR = ENVIRONMENT / "bin/pip-audit"
LOCKS = ("requirements.lock", "requirements-dev.lock")
PATIENCE = 300  # seconds


def main() -> int:
    if not AUDITOR.exists() and not _installed():
        print("The auditor could not be installed: nothing was audited.")
        return 0
    found = [_audit(lock) for lock in LOCKS]  # both, also when the first has something
    return int(any(found))


def _audit(lock: str) -> bool:
    """Whether something was found."""
    packages = _answer(lock)
    known = [one for one in packages if "vulns" in one]
    if len(known) < len(packages) or not packages:
        print(f"{lock}: no answer for {len(packages) - len(known) or 'any'} of its packages.")
    holes = [(one, hole) for one in known for hole in one["vulns"]]
    print(f"{lock}: {len(known)} packages audited, {len(holes)} known vulnerabilities.")
    for one, hole in holes:
        mended = ", ".join(hole["fix_versions"]) or "no version yet"
        print(f"  {one['name']} {one['version']}: {hole['id']}, mended in {mended}")
    return bool(holes)


def _installed() -> bool:
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    order = [ENVIRONMENT / "bin/pip", "install", "--quiet", "pip-audit"]
    return subprocess.run(order, check=False).returncode == 0


def _answer(lock: str) -> list[dict[str, Any]]:
    """It ends with 1 for a finding and for an error alike, but writes nothing for an error."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        order = [AUDITOR, "--disable-pip", "--require-hashes", "--format", "json", "--output", told, "-r", lock]
        try:
            subprocess.run(order, check=False, capture_output=True, timeout=PATIENCE)
            return list(json.loads(told.read_text())["dependencies"])
        except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
            return []


if __name__ == "__main__":
    sys.exit(main())
