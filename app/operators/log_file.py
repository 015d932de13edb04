"""The action log as a file: one JSON object a line, which anybody can verify without the database."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.operators.log import GENESIS, ROWS_AT_ONCE, digest_of
from models import Action


class Verdict(NamedTuple):
    """`entries` that are whole, the `head` they end in, and the first line that is `broken`, None if none is."""

    entries: int
    head: str
    broken: int | None


def lines(session: Session) -> Iterator[str]:
    """All entries, the oldest first, each line with its line break."""
    in_order = select(Action).order_by(Action.id).execution_options(yield_per=ROWS_AT_ONCE)
    with closing(session.scalars(in_order)) as actions:
        for action in actions:
            yield _line(action)


def verify(lines: Iterable[str]) -> Verdict:
    """A line that was changed by as much as a space, left out, added or moved is named by its number.

    Lines cut off at the end leave a shorter log that is whole: compare `head` with one noted elsewhere.
    """
    entries, head = 0, GENESIS
    for number, line in enumerate(lines, 1):
        found = _hash_of(line, number, head)
        if found is None:
            return Verdict(entries, head, number)
        entries, head = number, found
    return Verdict(entries, head, None)


def _line(action: Action) -> str:
    return _canonical(
        {
            "id": action.id,
            "at": action.at.isoformat(),
            "actor": action.actor,
            "verb": action.verb,
            "subject": action.subject,
            "detail": action.detail,
            "previous": action.previous,
            "hash": action.hash,
        }
    )


def _hash_of(line: str, number: int, previous: str) -> str | None:
    """The hash of the entry in a line, if it is what was written there, in its place; else None."""
    try:
        entry = json.loads(line)
        fields = {**entry, "at": datetime.fromisoformat(entry["at"])}
        found = str(fields.pop("hash"))
        is_right = digest_of(**fields) == found
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    in_place = entry["id"] == number and entry["previous"] == previous
    return found if is_right and in_place and _canonical(entry) == line else None


def _canonical(entry: dict[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"
