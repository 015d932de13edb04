"""What was said and what went over the wire, in the order it happened."""

import itertools
from collections import deque
from typing import Any

from tests.standin.clock import Clock
from tests.standin.links import links_in
from tests.standin.listeners import Listeners
from tests.standin.state import Accepted, ChatEntry, Person, Sender, WireEntry

WIRE_KEPT = 2000


class Journal:
    """Writes every line once, numbers it, and tells the listeners."""

    def __init__(self, clock: Clock, listeners: Listeners) -> None:
        self._clock = clock
        self._listeners = listeners
        self._ids = itertools.count(1)
        self.wire: deque[WireEntry] = deque(maxlen=WIRE_KEPT)
        self.accepted: list[Accepted] = []

    def next_id(self) -> int:
        return next(self._ids)

    def count_from(self, first: int) -> None:
        self._ids = itertools.count(first)

    async def chat(self, person: Person, sender: Sender, kind: str, text: str = "", **data: Any) -> ChatEntry:
        """Add a line to a person's chat; links count only in what the account says."""
        links = links_in(text) if sender == "account" else []
        entry = ChatEntry(self.next_id(), self._clock.now(), sender, kind, text, links, data)
        person.chat.append(entry)
        await self._listeners.tell("chat", entry, person.openid)
        return entry

    async def record(self, **facts: Any) -> None:
        entry = WireEntry(id=self.next_id(), at=self._clock.now(), **facts)
        self.wire.append(entry)
        await self._listeners.tell("wire", entry, entry.openid)
