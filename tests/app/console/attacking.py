"""What an attacker goes over: every page of the console, and every row of the database."""

import re
from collections.abc import Iterator

from sqlalchemy import select

from app.installation import Installation
from models import Base
from tests.app.console.test_matrix import MATRIX, PRESENT

FIRST = "SS2018-0001"
PAGES = [line for line in MATRIX if line.startswith("GET ") and "." not in line]


def dump(installation: Installation) -> dict[str, list[str]]:
    with installation.database.reading() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def path_of(line: str) -> str:
    return "/console" + re.sub(r"\{(\w+)\}", lambda name: PRESENT.get(name[1], "1"), line.split()[-1])


def every_page() -> Iterator[str]:
    """Also those that show more when they are asked for more."""
    yield from (path_of(page) for page in PAGES)
    yield f"/console/merge?into={FIRST}&with=SS2018-0003&with=SS2018-0004"
    yield f"/console/candidates/new?from={FIRST}"
    yield f"/console/proposals/{FIRST}/decide?kind=reject"
    yield "/console/board?sort=oldest&unit=x"
