"""The program that opens files from strangers: a process of its own, with little memory and little time.

On standard input a line of JSON {"name", "size", "around"} and then the file, on standard output a line of JSON
for each, until the input ends. A file that breaks it breaks nothing else.
"""

import json
import resource
import sys
from datetime import date
from typing import Any, BinaryIO

from app.proposals.intake import paper
from app.proposals.intake.reading import files
from app.proposals.intake.reading.refusals import Unreadable
from app.proposals.intake.recogniser import recognise

MEMORY = 1024 * 2**20  # bytes of address space, the interpreter's and its libraries' included
SECONDS = 120  # of processor time, for all files together
MOST_FORMS = 2_000


def main() -> None:
    _confine()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        answer = _read(json.loads(line), source)
        target.write(json.dumps(answer).encode() + b"\n")
        target.flush()


def _confine() -> None:
    """It writes no file, opens hardly any, leaves no core: data comes and goes by pipe."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 16,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))


def _read(asked: dict[str, Any], source: BinaryIO) -> dict[str, Any]:
    data = source.read(asked["size"])
    try:
        forms, problems = recognise(files.rows(asked["name"], data), date.fromisoformat(asked["around"]))
        if len(forms) > MOST_FORMS:
            raise Unreadable("too_large")
    except Unreadable as refusal:
        forms, problems = [], [refusal.problem]
    except (MemoryError, RecursionError):
        forms, problems = [], [Unreadable("too_large").problem]
    return paper.as_json(forms, problems)


if __name__ == "__main__":
    main()
