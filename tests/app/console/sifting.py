"""Something to sift in the console: two reviewers, and proposals as far along as a test wants them."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select

from app.installation import Installation
from models import Proposal
from models.enums import Role
from tests.app.triage.room import Room
from tests.fixtures.clocks import SteppingClock

Made = TypeVar("Made")


def prepare(installation: Installation, work: Callable[[Room], Made]) -> Made:
    """What `work` leaves is committed. Reviewers 甲 and 乙 are there."""

    def furnished(room: Room) -> Made:
        for name in "甲乙":
            room.operator(name, Role.REVIEWER)
        return work(room)

    return then(installation, furnished)


def then(installation: Installation, work: Callable[[Room], Made]) -> Made:
    """More of it, later. A room counts its proposals anew."""
    with installation.database.writing() as session:
        return work(Room(session, _clock(installation)))


def look(installation: Installation, work: Callable[[Room], Made]) -> Made:
    with installation.database.reading() as session:
        return work(Room(session, _clock(installation)))


def proposal_of(room: Room, number: str) -> Proposal:
    return room.session.scalars(select(Proposal).where(Proposal.number == number)).one()


def _clock(installation: Installation) -> SteppingClock:
    assert isinstance(installation.clock, SteppingClock)
    return installation.clock
