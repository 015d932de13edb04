"""Registers: frozen by their import, added to with a reason, let go of while no round goes by them."""

from typing import Any

import pytest
from sqlalchemy import select

from app.ballots import binding, registers, running
from app.ballots.register_rows import Roll, RowProblem, entry_of
from app.ballots.registers import AlreadyOnRegister, InUse, NoRegister
from app.crypto import Keyring
from app.errors import Forbidden, Invalid
from models import Action, Register, RegisterEntry
from tests.app.ballots.conftest import SECRET
from tests.app.ballots.rolls import MEMBERS, binds, imported, opened_by, roll
from tests.app.ballots.station import DAYS, Station


def entries(station: Station, register: Register) -> list[RegisterEntry]:
    own = select(RegisterEntry).where(RegisterEntry.register_id == register.id)
    return list(station.session.scalars(own.order_by(RegisterEntry.id)))


def logged(station: Station, verb: str) -> dict[str, Any]:
    last = select(Action).where(Action.verb == verb).order_by(Action.id.desc())
    found = station.session.scalars(last).first()
    assert found is not None
    return found.detail


def added(station: Station, register: Register, card: str, name: str, reason: str = "名册漏了") -> RegisterEntry:
    entry, by = entry_of(card, name, "区医院工会"), station.room.account("campaigner")
    return registers.add(
        station.session, register.id, entry, reason, by=by, keyring=station.keyring, clock=station.clock
    )


def released(station: Station, register: Register, card: str, name: str, reason: str = "换了手机") -> None:
    entry, by = entry_of(card, name), station.room.account("campaigner")
    binding.release(
        station.session, register.id, entry, reason, by=by, keyring=station.keyring, clock=station.clock
    )


def test_neither_card_nor_name_is_kept(station: Station) -> None:
    register = imported(station)
    kept = entries(station, register)
    assert [one.unit for one in kept] == [unit or None for _, _, unit in MEMBERS]
    written = f"{[vars(one) for one in kept]}{logged(station, 'register.import')}"
    assert not any(card in written or name in written for card, name, _ in MEMBERS)
    assert len({one.card for one in kept} | {one.name for one in kept}) == 2 * len(MEMBERS)


def test_the_same_name_twice_does_not_show(station: Station) -> None:
    one, other = entries(station, imported(station, ("1", "张三", ""), ("2", "张三", "")))
    assert one.name != other.name


def test_two_registers_share_no_hash(station: Station) -> None:
    first, second = entries(station, imported(station)), entries(station, imported(station))
    assert {one.card for one in first}.isdisjoint(one.card for one in second)


def test_the_digest_shows_any_change_and_no_late_entry(station: Station) -> None:
    register = imported(station)
    assert registers.frozen_digest(station.session, register.id) == register.digest
    added(station, register, "A005", "孙七")
    assert registers.frozen_digest(station.session, register.id) == register.digest
    entries(station, register)[1].unit = "别的单位"
    station.session.flush()
    assert registers.frozen_digest(station.session, register.id) != register.digest


def test_nothing_is_imported_while_a_row_is_wrong(station: Station) -> None:
    wrong = Roll(roll().entries, [RowProblem(row, "没有写姓名") for row in range(2, 40)])
    by, keyring = station.room.account("campaigner"), station.keyring
    with pytest.raises(Invalid, match=r"有 38 处.*第 2 行：没有写姓名。.*还有 18 处") as refused:
        registers.import_roll(station.session, "2018", "名册", wrong, by=by, keyring=keyring, clock=station.clock)
    assert "第 22 行" not in refused.value.message
    assert station.session.scalars(select(Register)).all() == []


def test_late_entries_are_marked_counted_and_logged_without_a_name(station: Station) -> None:
    register = imported(station)
    late = added(station, register, "a 005", "孙七")
    assert late.added_at == station.clock.now()
    assert registers.numbers(station.session, register) == registers.Numbers(4, 1, 0)
    assert logged(station, "register.add") == {"entry": late.id, "unit": "区医院工会", "reason": "名册漏了"}
    with pytest.raises(AlreadyOnRegister):
        added(station, register, "Ａ００５", "孙七")
    with pytest.raises(Invalid, match="不要写姓名"):
        added(station, register, "A006", "周八", "周八 漏了")


def test_a_register_is_deleted_only_while_no_round_goes_by_it(station: Station) -> None:
    by, clock = station.room.account("campaigner"), station.clock
    free, used = imported(station), imported(station)
    opened_by(station, used)
    with pytest.raises(InUse, match="用着这份名册"):
        registers.drop(station.session, used.id, by=by, clock=clock)
    registers.drop(station.session, free.id, by=by, clock=clock)
    assert entries(station, free) == []
    with pytest.raises(NoRegister):
        registers.by_id(station.session, free.id)


@pytest.mark.parametrize("name", ["intake", "reviewer", "approver", "auditor"])
def test_others_neither_import_nor_add_nor_release(station: Station, name: str) -> None:
    register, by = imported(station), station.room.account(name)
    with_it: dict[str, Any] = {"by": by, "keyring": station.keyring, "clock": station.clock}
    entry = entry_of("A001", "张三")
    with pytest.raises(Forbidden):
        registers.import_roll(station.session, "2018", "名册", roll(), **with_it)
    for verb in (registers.add, binding.release):
        with pytest.raises(Forbidden):
            verb(station.session, register.id, entry, "要改", **with_it)
    with pytest.raises(Forbidden):
        registers.drop(station.session, register.id, by=by, clock=station.clock)


def test_released_and_bound_anew_there_is_still_one_ballot(station: Station) -> None:
    register = imported(station)
    round = opened_by(station, register)
    binds(station, round, "旧手机", "A001", "张三")
    station.votes("旧手机", round, 1)
    released(station, register, "A001", "张三")
    binds(station, round, "新手机", "A001", "张三")
    again = station.votes("新手机", round, 2)
    assert again.before is None  # what another hand had cast is told to nobody
    station.closed(round)
    assert round.tally is not None
    assert round.tally["ballots"] == 1
    assert logged(station, "register.release").keys() == {"entry", "unit", "reason"}


def test_after_a_change_of_the_secret_the_old_entries_match_and_new_ones_are_no_second(station: Station) -> None:
    register = imported(station)
    round = opened_by(station, register)
    station.keyring = Keyring("another secret of the polling station", SECRET)
    with pytest.raises(AlreadyOnRegister):
        added(station, register, "A001", "张三")
    added(station, register, "A005", "孙七")
    for card, name in (("A001", "张三"), ("A005", "孙七")):
        binds(station, round, name, card, name)
    assert registers.numbers(station.session, register).bound == 2


@pytest.mark.parametrize("by_the_clock", [True, False])
def test_the_turnout_of_each_unit_is_kept_at_the_close(station: Station, *, by_the_clock: bool) -> None:
    register = imported(station)
    round = opened_by(station, register)
    for card, name in (("A001", "张三"), ("A002", "李四"), ("A004", "赵六")):
        binds(station, round, name, card, name)
        if name != "李四":
            station.votes(name, round, 1)
    assert registers.turnout(round) == []
    if by_the_clock:
        station.clock.advance(seconds=DAYS.total_seconds())
        running.settled(station.session, round.id, station.keyring, station.clock)
    else:
        station.closed(round)
    station.published(round)
    assert registers.turnout(round) == [("区医院工会", 2, 0), ("殷行街道总工会", 1, 1), ("没有写单位", 1, 1)]


def test_without_a_register_there_is_no_turnout_by_unit(station: Station) -> None:
    round = station.opened()
    station.votes("张三", round, 1)
    assert registers.turnout(station.closed(round)) == []
