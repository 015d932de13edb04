"""A candidate as the fields of a page, and back."""

import re
from datetime import datetime

from starlette.datastructures import FormData

from app.console.visiting import text_of
from app.triage.ballot_text import CandidateText
from models.enums import Maturity

ID = re.compile(r"[1-9][0-9]{0,9}")
SPARE_ROWS = 2  # empty rows of indicators beyond those that are filled


def text_in(form: FormData) -> CandidateText:
    """What was typed, not yet looked at; rows of indicators that are empty are left out."""
    maturity = text_of(form, "maturity")
    return CandidateText(
        title=text_of(form, "title"),
        summary=text_of(form, "summary"),
        expected_outcome=text_of(form, "expected_outcome"),
        category=text_of(form, "category") or None,
        department=text_of(form, "department") or None,
        cost=text_of(form, "cost") or None,
        indicators=indicators_in(form),
        maturity=Maturity(maturity) if maturity in set(Maturity) else None,
    )


def indicators_in(form: FormData) -> tuple[dict[str, str], ...]:
    return tuple(
        {"title": title, "target": target}
        for title, target in zip(_all(form, "indicator"), _all(form, "target"), strict=False)
        if title.strip() or target.strip()
    )


def seen_in(form: FormData) -> datetime | None:
    """The version of the candidate that the page had shown."""
    try:
        return datetime.fromisoformat(text_of(form, "seen"))
    except ValueError:
        return None


def ids_in(form: FormData) -> list[int]:
    """The rows in their order; what can be no id is left out."""
    return [int(one) for one in _all(form, "id") if ID.fullmatch(one)]


def moved(ids: list[int], move: str) -> list[int]:
    """The order after "up 3" or "down 3"; as it was where the row is at the end already, or is none."""
    way, _, which = move.partition(" ")
    if not ID.fullmatch(which) or int(which) not in ids:
        return ids
    at = ids.index(int(which))
    to = at + {"up": -1, "down": 1}.get(way, 0)
    if 0 <= to < len(ids):
        ids = [*ids]
        ids[at], ids[to] = ids[to], ids[at]
    return ids


def _all(form: FormData, field: str) -> list[str]:
    return [value if isinstance(value, str) else "" for value in form.getlist(field)]
