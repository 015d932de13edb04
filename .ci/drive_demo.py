"""Drive the running demonstration once, as hands would: from a worker's first word to a published result.

Exits 0, or 1 with what went wrong. DEMO_PORT and DEMO_DIR say which demonstration.
"""

import sys
import time
from typing import Any

from driving import PHONE, SERVICE, WentWrong, call
from proposing import talk
from voting import vote

PATIENCE = 300.0  # seconds until the demonstration must be up: the first time it installs and prepares
BETWEEN = 0.5


def wait_until_up() -> list[dict[str, Any]]:
    """The people whose phones there are, as soon as some of them follow: then the demonstration is ready."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            call(SERVICE, "/healthz")
            people: list[dict[str, Any]] = call(PHONE, "/phone/people")["people"]
        except WentWrong as reason:
            problem = str(reason)
        else:
            if any(person["following"] for person in people):
                return people
            problem = "nobody follows the account"
        if time.monotonic() > deadline:
            raise WentWrong(f"not up after {PATIENCE:.0f} s: {problem}")
        time.sleep(BETWEEN)


def drive() -> str:
    people = wait_until_up()
    newcomer = next((person["id"] for person in people if not person["following"]), None)
    if newcomer is None:
        raise WentWrong("everybody follows already: start with a new DEMO_DIR")
    number = talk(newcomer)
    vote(number, newcomer, next(person["id"] for person in people if person["following"]))
    for path in ("/healthz", "/readyz"):
        call(SERVICE, path)
    return number


if __name__ == "__main__":
    try:
        sys.stdout.write(f"The demonstration works: {drive()}\n")
    except WentWrong as reason:
        sys.exit(f"The demonstration does not work: {reason}")
