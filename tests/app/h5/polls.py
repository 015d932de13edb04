"""A campaign where opinions are asked, and a round of voting as a test needs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.ballots import invalidating, queries, running
from app.ballots.electorate import Electorate
from app.ballots.invalidating import Doubted
from models import Ballot, Candidate, Register, Voter
from models.enums import InvalidReason
from tests.app.ballots.station import TITLES, Station, furnish_station
from tests.app.h5.conftest import Page, WebView, World
from tests.standin.state import Person


@dataclass
class Poll:
    """A round in the world of phones. What it does is committed."""

    world: World
    round_id: int

    @classmethod
    def open(cls, world: World, titles: Sequence[str] = TITLES, **changes: Any) -> "Poll":
        furnish_station(world.database, world.clock, titles)
        with world.database.writing() as session:
            round = _station(world, session).opened(**changes)
            return cls(world, round.id)

    @classmethod
    def composed(cls, world: World, **changes: Any) -> "Poll":
        """A draft that nobody has released."""
        furnish_station(world.database, world.clock)
        with world.database.writing() as session:
            return cls(world, _station(world, session).composed(**changes).id)

    @classmethod
    def released(cls, world: World, opens_at: datetime) -> "Poll":
        """It opens when its time comes."""
        poll = cls.composed(world, opens_at=opens_at)
        with world.database.writing() as session:
            by = _station(world, session).room.account("approver")
            running.open_round(session, poll.round_id, by=by, clock=world.clock, at_its_time=True)
        return poll

    @classmethod
    def of_a_register(cls, world: World) -> "Poll":
        """For the members on a register, on which nobody stands."""
        furnish_station(world.database, world.clock)
        with world.database.writing() as session:
            station = _station(world, session)
            by = station.room.account("campaigner")
            register = Register(
                campaign_id=station.room.campaign.id,
                title="会员名册",
                entries=0,
                digest="0" * 64,
                imported_by=by.id,
                imported_at=world.clock.now(),
            )
            session.add(register)
            session.flush()
            return cls(world, station.opened(electorate=Electorate(register_id=register.id)).id)

    @property
    def path(self) -> str:
        return f"/h5/vote/{self.round_id}"

    async def voter(self, name: str = "王建国") -> Person:
        """Somebody who began to follow the account."""
        person = self.world.platform.add_person(name)
        await self.world.platform.follow(person.openid)
        return person

    async def paper_of(self, person: Person) -> Page:
        return await self.world.phone_of(person).open(self.path)

    async def cast(self, page: Page, *numbers: int, **typed: str) -> Page:
        """Tick these numbers, nothing else, and send."""
        fields = {name: value for name, value in page.fields.items() if name[0] != "c"}
        return await self.send(page.view, fields | {f"c{number}": "for" for number in numbers} | typed)

    async def send(self, phone: WebView, fields: dict[str, str]) -> Page:
        return Page(phone, await phone.browser.post(self.path, data=fields))

    def describe(self, number: int, **words: str) -> None:
        """As a candidate's text might have been composed before it was frozen."""
        with self.world.database.writing() as session:
            session.execute(update(Candidate).where(Candidate.number == number).values(**words))

    def strike_out(self, receipt: str, reason: InvalidReason = InvalidReason.NOT_OWN) -> None:
        """Make a ballot invalid, as two operators do."""
        with self.world.database.writing() as session:
            room = _station(self.world, session).room
            keyring, clock, doubted = self.world.installation.keyring, room.clock, Doubted(receipts=(receipt,))
            by = {name: room.account(name) for name in ("campaigner", "approver")}
            number = invalidating.propose(
                session,
                self.round_id,
                doubted,
                reason,
                "核对过",
                by=by["campaigner"],
                keyring=keyring,
                clock=clock,
            )
            invalidating.agree(session, self.round_id, number, by=by["approver"], keyring=keyring, clock=clock)

    def close(self) -> None:
        with self.world.database.writing() as session:
            station = _station(self.world, session)
            station.closed(queries.row(session, self.round_id))

    def publish(self) -> None:
        with self.world.database.writing() as session:
            _station(self.world, session).published(queries.row(session, self.round_id))

    def in_the_box(self) -> tuple[int, int]:
        """How many voters, and how many ballots they have cast in all."""
        with self.world.database.reading() as session:
            return (
                session.scalar(select(func.count()).select_from(Voter)) or 0,
                session.scalar(select(func.count()).select_from(Ballot)) or 0,
            )


def _station(world: World, session: Session) -> Station:
    return Station(session, world.clock, world.installation.keyring)
