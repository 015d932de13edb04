"""Ballots from pages: a piece of the writer's work, many sharing one commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from sqlalchemy.orm import Session

from app.ballots.booth import UNKNOWN, Booth, Cast, Origin
from app.ballots.choices import Choices
from app.ballots.electorate import Person
from app.ballots.queries import RoundView
from app.clock import Clock
from app.crypto import Keyring
from app.errors import NotFound, ShishiError
from app.writer import Work
from models.enums import BallotWay

Read = Callable[[RoundView], Choices]


@dataclass
class CastBallot(Work[Cast]):
    """One ballot. A refusal is returned, not raised, so that nobody else's has to be cast once more.

    `read` makes the choices of what was sent, by the round's type; `vouch` raises unless the follower found by
    `follower_id` is the person who sent it.
    """

    round_id: int
    follower_id: int
    vouch: Callable[[Person], None]
    read: Read
    opinions: Mapping[int, str] | None
    keyring: Keyring
    clock: Clock
    origin: Origin = UNKNOWN
    counted: ClassVar[bool] = False
    _booth: Booth | ShishiError | None = field(default=None, init=False, repr=False)

    @classmethod
    def prepare(cls, session: Session, works: Sequence["CastBallot"]) -> None:
        """Enter each round's booth once, the rounds in a fixed order, so that replicas never wait crosswise."""
        for round_id in sorted({work.round_id for work in works}):
            own = [work for work in works if work.round_id == round_id]
            booth = _enter(session, own)
            for work in own:
                work._booth = booth

    def run(self, session: Session) -> Cast | ShishiError:  # noqa: ARG002 - the booth writes, when all are done
        booth = self._booth
        assert booth is not None, "prepare comes before run"
        if isinstance(booth, ShishiError):
            return booth
        try:
            person = booth.people.get(self.follower_id)
            if person is None:
                raise NotFound("请退出这个网页，从公众号里重新打开。")
            self.vouch(person)
            return booth.cast(person, self.read(booth.round), self.opinions, BallotWay.PAGE, self.origin)
        except ShishiError as refusal:
            return refusal

    @classmethod
    def finish(cls, session: Session, works: Sequence["CastBallot"]) -> None:
        booths = {id(work._booth): work._booth for work in works}
        for booth in booths.values():
            if isinstance(booth, Booth):
                booth.leave(session)


def _enter(session: Session, works: Sequence[CastBallot]) -> Booth | ShishiError:
    first = works[0]
    ids = {work.follower_id for work in works}
    try:
        return Booth.enter(session, first.round_id, ids, first.keyring, first.clock)
    except ShishiError as refusal:
        return refusal
