"""How often the pages that links lead to were opened, by anybody: counted in memory, written now and then."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from app.clock import Clock
from app.upserts import insert_into
from app.writer import Call, Writer
from models import Opening

WRITTEN_EVERY = 5.0  # seconds; a crash loses the openings of so long
OURS = re.compile(r"/h5/(?:vote/[0-9]{1,9}|results/[\w-]{1,80}|proposal)(?![\w/-])")


def page_in(content: Mapping[str, Any]) -> str | None:
    """The page of ours that a broadcast leads to: by its link, its article's, or the first one in its text."""
    article = content.get("article") or {}
    said = " ".join(str(words) for words in (content.get("url"), article.get("url"), content.get("text")))
    found = OURS.search(said)
    return found[0] if found else None


class Openings:
    """Those of one process that are not written yet."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock
        self._counted: Counter[tuple[str, datetime]] = Counter()
        self._changing = Lock()  # pages are drawn in several threads

    def count(self, page: str) -> None:
        minute = self._clock.now().replace(second=0, microsecond=0)
        with self._changing:
            self._counted[page, minute] += 1

    async def write(self) -> None:
        """What could not be written is counted on."""
        with self._changing:
            counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            await self._writer.ask(Call(lambda session: _add(session, counted)))
        except Exception:
            with self._changing:
                self._counted.update(counted)
            raise


def _add(session: Session, counted: Mapping[tuple[str, datetime], int]) -> None:
    rows = [{"page": page, "minute": minute, "total": times} for (page, minute), times in sorted(counted.items())]
    added = insert_into(session, Opening).values(rows)
    once_more = {"total": Opening.total + added.excluded.total}
    session.execute(added.on_conflict_do_update(index_elements=[Opening.page, Opening.minute], set_=once_more))
