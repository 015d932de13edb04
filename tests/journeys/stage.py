"""The stage of a story: the service, the phones of those who act, and what every answer must be."""

import re
from itertools import count

from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import RunningService
from tests.journeys.script import shown
from tests.journeys.understood import is_understood
from tests.standin.phone.richtext import pieces
from tests.standin.platform import Platform
from tests.standin.pushing import PushResult
from tests.standin.state import Person

LIMIT = 2000  # bytes of UTF-8 in one reply
MOMENT = 10  # seconds from one deed to the next
CHINESE = re.compile("[一-鿿]{2}")
INSIDE = re.compile(r"Traceback|Error\b|\b(None|True|False|null)\b|[{}]|\\n|&\w+;|</?\w+>")


class Stage:
    """One phone is in hand at a time; `heard` is the last answer, `under_way` what has not arrived yet."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.heard = ""
        self.last = PushResult("", "success")
        self.under_way: list[tuple[str, str]] = []  # openid, XML
        self._looked_at = 0  # of what the platform has accepted
        self._people: dict[str, Person] = {}
        self._numbers = count(1)
        self.take_phone("周玉兰")

    @property
    def platform(self) -> Platform:
        return self.service.platform

    @property
    def clock(self) -> SteppingClock:
        return self.service.clock

    @property
    def openid(self) -> str:
        return self._person.openid

    def take_phone(self, name: str) -> None:
        """That of somebody who has followed the account for long."""
        if name not in self._people:
            openid = f"oStory{next(self._numbers):022d}"
            self._people[name] = self.platform.add_person(name, openid=openid, following=True)
        self._person = self._people[name]

    def new_messages(self) -> list[str]:
        """The texts sent to this phone by themselves since anybody's was last looked at."""
        accepted = self.platform.journal.accepted
        new, self._looked_at = accepted[self._looked_at :], len(accepted)
        return [str(one.body["text"]["content"]) for one in new if one.openid == self.openid]

    def pass_a_moment(self) -> None:
        self.clock.advance(seconds=MOMENT)

    def examine(self, result: PushResult) -> str:
        """The text of an answer after a look at it; empty when none was owed."""
        assert result.kind in {"reply", "success"}, f"{result.kind}: {result.problem}"
        self.last = result
        if result.kind == "reply":
            examine(result.reply_text)
            self.heard = result.reply_text
        return result.reply_text


def examine(reply: str) -> None:
    """What holds for everything the account ever says."""
    assert CHINESE.search(reply), f"not a sentence for a worker: {reply!r}"
    assert len(reply.encode()) <= LIMIT, f"{len(reply.encode())} bytes: {reply}"
    assert not INSIDE.search(shown(reply)), f"the inside shows: {reply}"
    for piece in pieces(reply):
        assert not piece.says or is_understood(piece.says), f"nobody understands {piece.says!r} when typed"
