"""Opinions of units: by a link that is shown once, or typed in; beside the votes, never among them."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from app.ballots import unit_links, unit_opinions
from app.ballots.queries import NoRound
from app.ballots.rules import WrongState
from app.ballots.unit_links import HaveLinks, NoLink
from app.ballots.unit_rules import Said, UnitStance, units_named
from app.campaigns.rules import PhaseClosed
from app.campaigns.service import set_phase
from app.errors import Forbidden, Invalid
from models import Action, Ballot, Round, UnitLink, UnitOpinion
from models.enums import PhaseKind, Role
from tests.app.ballots.station import Station

STREET, HOSPITAL = "殷行街道总工会", "区医院工会"
FOR, AGAINST, NONE = UnitStance.FOR, UnitStance.AGAINST, UnitStance.NONE
SAID = {1: Said(FOR, "多放几台微波炉"), 3: Said(text="有事打 13800001234"), 4: Said(AGAINST)}


@pytest.fixture
def round(station: Station) -> Round:
    return station.opened()


def link(station: Station, round: Round, unit: str = STREET) -> str:
    by = station.room.account("campaigner")
    return unit_links.make(station.session, round.id, [unit], by=by, clock=station.clock).secrets[unit]


def gives(station: Station, round: Round, secret: str, said: Mapping[int, Said] = SAID) -> None:
    unit_opinions.give(station.session, round.id, secret, said, keyring=station.keyring, clock=station.clock)


def enters(station: Station, round: Round, unit: str, said: Mapping[int, Said], by: str = "campaigner") -> None:
    account, keyring = station.room.account(by), station.keyring
    unit_opinions.enter(station.session, round.id, unit, said, by=account, keyring=keyring, clock=station.clock)


def given(station: Station, round: Round) -> dict[str, Mapping[int, Said]]:
    found = unit_opinions.of_round(station.session, station.view(round), station.keyring)
    return {one.unit: one.said for one in found}


def test_a_unit_says_what_it_thinks_and_changes_it(station: Station, round: Round) -> None:
    secret = link(station, round)
    sheet = unit_opinions.sheet(station.session, round.id, secret, station.keyring, station.clock)
    assert (sheet.unit, sheet.given, sheet.open) == (STREET, None, True)
    gives(station, round, secret)
    assert given(station, round) == {STREET: SAID}
    gives(station, round, secret, {2: Said(NONE, "  ")})
    assert given(station, round) == {STREET: {2: Said(NONE)}}
    assert len(station.session.scalars(select(UnitOpinion)).all()) == 1


def test_it_is_never_a_vote(station: Station, round: Round) -> None:
    gives(station, round, link(station, round))
    assert station.session.scalars(select(Ballot)).all() == []
    tally = station.closed(round).tally
    assert tally is not None
    assert (tally["ballots"], {one["votes"] for one in tally["counts"]}) == (0, {0})


def test_nothing_said_or_written_stands_open_in_the_database_or_the_log(station: Station, round: Round) -> None:
    secret = link(station, round)
    gives(station, round, secret)
    kept = station.session.scalars(select(UnitLink)).one()
    assert secret not in repr(vars(kept))
    assert "微波炉".encode() not in station.session.scalars(select(UnitOpinion)).one().said
    entries = station.session.scalars(select(Action).where(Action.verb.like("round.%unit%"))).all()
    assert [entry.verb for entry in entries] == ["round.make_unit_links", "round.unit_opinion"]
    told = "".join(str(entry.detail) for entry in entries)
    assert STREET in told
    assert all(secretive not in told for secretive in (secret, kept.secret, "微波炉", "13800001234"))


def test_one_link_a_unit_until_it_is_withdrawn(station: Station, round: Round) -> None:
    by, first = station.room.account("campaigner"), link(station, round)
    again = unit_links.make(station.session, round.id, [STREET, HOSPITAL], by=by, clock=station.clock)
    assert (list(again.secrets), again.already) == ([HOSPITAL], (STREET,))
    with pytest.raises(HaveLinks):
        link(station, round)
    gives(station, round, first)
    street = next(one for one in unit_links.of_round(station.session, round.id) if one.unit == STREET)
    unit_links.withdraw(station.session, round.id, street.id, by=by, clock=station.clock)
    with pytest.raises(NoLink):
        gives(station, round, first)
    with pytest.raises(NoLink):
        unit_links.withdraw(station.session, round.id, street.id, by=by, clock=station.clock)
    second = link(station, round)
    assert second != first
    assert given(station, round) == {STREET: SAID}
    gives(station, round, second, {1: Said(NONE)})


def test_a_link_opens_its_own_round_alone(station: Station, round: Round) -> None:
    secret = link(station, round)
    other = station.opened()
    for round_id, wrong in ((other.id, secret), (round.id, secret[:-1]), (round.id, ""), (round.id, "\ud800")):
        with pytest.raises(NoLink):
            unit_opinions.sheet(station.session, round_id, wrong, station.keyring, station.clock)


def test_who_makes_rounds_enters_what_came_on_paper(station: Station, round: Round) -> None:
    enters(station, round, f"  {HOSPITAL} ", SAID)
    one = unit_opinions.of_unit(station.session, station.view(round), HOSPITAL, station.keyring)
    assert one is not None
    assert (one.said, one.by) == (SAID, "campaigner")
    gives(station, round, link(station, round, HOSPITAL), {1: Said(FOR)})
    again = unit_opinions.of_unit(station.session, station.view(round), HOSPITAL, station.keyring)
    assert again is not None
    assert (again.said, again.by) == ({1: Said(FOR)}, None)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "还什么都没有填"),
        ({1: Said(text=" \n ")}, "还什么都没有填"),
        ({99: Said(FOR)}, "没有 99 号"),
        ({1: Said(text="长" * 501)}, "最多写 500 个字"),
    ],
)
def test_what_is_no_opinion_is_refused_in_words(
    station: Station, round: Round, said: Mapping[int, Said], told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        gives(station, round, link(station, round), said)


def test_only_while_the_round_is_open(station: Station) -> None:
    round = station.composed()
    secret = link(station, round)
    assert not unit_opinions.sheet(station.session, round.id, secret, station.keyring, station.clock).open
    with pytest.raises(NoRound):
        gives(station, round, secret)
    round = station.opened()
    secret = link(station, round)
    set_phase(station.session, "2018", PhaseKind.PUBLISHED, "开会定的", actor="cli:tester", clock=station.clock)
    with pytest.raises(PhaseClosed):
        gives(station, round, secret)
    set_phase(station.session, "2018", PhaseKind.OPINION, "接着投", actor="cli:tester", clock=station.clock)
    station.clock.advance(days=8)
    with pytest.raises(WrongState, match="截止"):
        gives(station, round, secret)
    with pytest.raises(WrongState, match="截止"):
        enters(station, round, HOSPITAL, SAID)
    with pytest.raises(WrongState, match="不再征求"):
        link(station, round, HOSPITAL)


def test_only_who_makes_rounds_does(station: Station, round: Round) -> None:
    intake = station.room.operator("收件", Role.INTAKE)
    with pytest.raises(Forbidden):
        unit_links.make(station.session, round.id, [STREET], by=intake, clock=station.clock)
    with pytest.raises(Forbidden):
        enters(station, round, STREET, SAID, by="收件")


def test_units_are_pasted_one_a_line() -> None:
    assert units_named(f" {STREET}\n\n{HOSPITAL}  \r\n{STREET}") == [STREET, HOSPITAL]
    for wrong in ("", " \n", "长" * 101, "\n".join(f"第{number}工会" for number in range(501))):
        with pytest.raises(Invalid):
            units_named(wrong)
