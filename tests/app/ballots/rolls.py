"""Registers as tests need them: made-up members of two unions."""

from app.ballots import binding, registers
from app.ballots.electorate import Electorate
from app.ballots.register_rows import Roll, entry_of
from models import Register, Round
from tests.app.ballots.station import Station

MEMBERS = (
    ("A001", "张三", "殷行街道总工会"),
    ("A002", "李四", "区医院工会"),
    ("A003", "王五", "区医院工会"),
    ("A004", "赵六", ""),
)


def roll(*members: tuple[str, str, str]) -> Roll:
    return Roll([entry_of(*member) for member in members or MEMBERS], [])


def imported(station: Station, *members: tuple[str, str, str], title: str = "会员名册") -> Register:
    by, keyring, clock = station.room.account("campaigner"), station.keyring, station.clock
    return registers.import_roll(
        station.session, "2018", title, roll(*members), by=by, keyring=keyring, clock=clock
    )


def opened_by(station: Station, register: Register) -> Round:
    """A round that goes by the register."""
    return station.opened(electorate=Electorate(register_id=register.id))


def binds(station: Station, round: Round, follower: str, card: str, name: str) -> None:
    follower_id = station.room.follower_id(follower)
    binding.bind(station.session, round.id, follower_id, card, name, keyring=station.keyring, clock=station.clock)
