"""Votes on paper as tests need them: two clerks, and what stands on a paper."""

from collections.abc import Callable

from sqlalchemy import select

from app.ballots import paper_votes
from app.ballots.choices import Stance
from app.ballots.paper_rules import scan_of, stances
from app.ballots.paper_votes import Sheet
from app.ballots.register_rows import entry_of
from app.operators.queries import Account
from models import Operator, PaperBallot, Round
from models.enums import PaperState, Role
from tests.app.ballots.rolls import imported, opened_by
from tests.app.ballots.station import Station

CLERKS = ("小周", "小郑")
Typing = Callable[..., PaperState]


def opened_with_clerks(station: Station) -> Round:
    """A round that goes by a register, and two who type in what comes on paper."""
    for name in CLERKS:
        station.room.operator(name, Role.INTAKE)
    return opened_by(station, imported(station))


def clerk(station: Station, name: str) -> Account:
    found = station.session.scalars(select(Operator.id).where(Operator.name == name)).first()
    return station.room.account(name) if found else station.room.operator(name, Role.INTAKE)


def paper(*numbers: int, scan: str = "0001", card: str = "A001", name: str = "张三") -> Sheet:
    """A paper that approves of these numbers."""
    return Sheet(scan_of(scan), entry_of(card, name), stances(dict.fromkeys(numbers, Stance.FOR)))


def types(station: Station, round: Round, by: str, sheet: Sheet) -> PaperState:
    return paper_votes.enter(
        station.session, round.id, sheet, by=clerk(station, by), keyring=station.keyring, clock=station.clock
    )


def both_type(station: Station, round: Round, sheet: Sheet) -> PaperState:
    types(station, round, "小周", sheet)
    return types(station, round, "小郑", sheet)


def kept(station: Station, scan: str = "0001") -> PaperBallot:
    return station.session.scalars(select(PaperBallot).where(PaperBallot.scan == scan)).one()
