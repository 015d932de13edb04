"""Ballots that stand out, and ballots that two persons make invalid: what counts, what is public, who may."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, func, select

from app.ballots import archive, counting, invalid, invalidating, marks, queries, running, suspicion, verifying
from app.ballots.booth import Booth, Cast, Origin
from app.ballots.choices import Stance
from app.ballots.invalid import NoProposal
from app.ballots.invalidating import Doubted
from app.ballots.keys import RoundKey, new_secret
from app.ballots.marks import Mark, NoMark
from app.ballots.rules import WrongState
from app.ballots.running import Undecided
from app.ballots.suspicion import Kind, Minute
from app.clock import Clock
from app.errors import Conflict, Forbidden, Invalid
from models import Action, Ballot, Invalidation, MarkReview, Round, Trace
from models.base import Base
from models.enums import BallotWay, InvalidReason
from tests.app.ballots.station import Station

FACTORY = "203.0.113.7"
NOTE = "和车间核对过"


def votes(station: Station, round: Round, name: str, *numbers: int, origin: Origin) -> Cast:
    person = station.person(name, round)
    booth = Booth.enter(station.session, round.id, [person.id], station.keyring, station.clock)
    choices = booth.round.slip.choices(dict.fromkeys(numbers, Stance.FOR))
    cast = booth.cast(person, choices, None, BallotWay.PAGE, origin)
    booth.leave(station.session)
    return cast


def crowd(station: Station, round: Round, people: int, origin: Origin, name: str = "职工") -> list[Cast]:
    return [votes(station, round, f"{name}{each}", 1 + each % 3, origin=origin) for each in range(people)]


def found(station: Station, round: Round) -> dict[Kind, Mark]:
    return {mark.kind: mark for mark in marks.of_round(station.session, station.view(round))}


def proposed(
    station: Station, round: Round, doubted: Doubted, by: str = "campaigner", **more: InvalidReason
) -> int:
    reason = more.get("reason", InvalidReason.MACHINE)
    return invalidating.propose(
        station.session,
        round.id,
        doubted,
        reason,
        NOTE,
        by=station.room.account(by),
        keyring=station.keyring,
        clock=station.clock,
    )


def agreed(station: Station, round: Round, number: int, by: str = "approver") -> None:
    invalidating.agree(
        station.session,
        round.id,
        number,
        by=station.room.account(by),
        keyring=station.keyring,
        clock=station.clock,
    )


def dropped(station: Station, round: Round, number: int, by: str = "approver") -> None:
    invalidating.drop(
        station.session,
        round.id,
        number,
        by=station.room.account(by),
        keyring=station.keyring,
        clock=station.clock,
    )


def struck(station: Station, round: Round, *receipts: str) -> int:
    number = proposed(station, round, Doubted(receipts=receipts))
    agreed(station, round, number)
    return number


def rows(station: Station, table: type[Base]) -> int:
    return station.session.scalar(select(func.count()).select_from(table)) or 0


def test_an_address_stands_as_a_hash_that_only_the_key_of_the_round_makes() -> None:
    key, other = RoundKey(new_secret()), RoundKey(new_secret())
    mine = key.address(FACTORY)
    assert mine is not None
    assert len(mine) == 8
    assert mine == key.address(f"::ffff:{FACTORY}") != other.address(FACTORY)
    assert key.address("2001:db8:1:2::1") == key.address("2001:db8:1:2:ffff::9") != key.address("2001:db8:1:3::1")
    assert key.address("") is key.address("testclient") is key.address(None) is None


def test_a_trace_is_kept_of_a_ballot_whose_way_is_known_and_goes_at_publication(station: Station) -> None:
    round = station.opened()
    votes(station, round, "张三", 1, origin=Origin(FACTORY, 40))
    station.votes("李四", round, 2)
    trace = station.session.scalars(select(Trace)).one()
    key = station.view(round).fixed.key
    assert key is not None
    assert (trace.seq, trace.address, trace.seconds) == (1, key.address(FACTORY), 40)
    assert station.published(station.closed(round)).key is None
    assert rows(station, Trace) == 0


def test_many_at_one_address_are_marked_and_still_count(station: Station) -> None:
    round = station.opened()
    crowd(station, round, suspicion.SHARED_BY - 1, Origin(FACTORY, 60))
    assert found(station, round) == {}
    votes(station, round, "又一位", 2, origin=Origin(FACTORY, 60))
    mark = found(station, round)[Kind.ADDRESS]
    assert mark.ballots == suspicion.SHARED_BY
    assert "无线网" in mark.explained
    assert FACTORY not in mark.name
    assert (station.closed(round).tally or {})["ballots"] == suspicion.SHARED_BY


def test_answers_in_machine_time_are_marked_but_not_quick_changes(station: Station) -> None:
    round = station.opened()
    votes(station, round, "张三", 1, origin=Origin(FACTORY, 2))
    votes(station, round, "李四", 1, origin=Origin(FACTORY, 90))
    votes(station, round, "李四", 2, origin=Origin(FACTORY, 1))
    votes(station, round, "王五", 2, origin=Origin(FACTORY, None))
    assert found(station, round)[Kind.QUICK].ballots == 1


def test_a_short_ballot_is_read_at_a_glance(station: Station) -> None:
    few = tuple(station.candidates()[: suspicion.CANDIDATES_TO_READ - 1])
    round = station.opened(candidates=few)
    votes(station, round, "张三", 1, origin=Origin(FACTORY, 0))
    assert found(station, round) == {}


def test_who_changes_again_and_again_is_marked(station: Station) -> None:
    round = station.opened()
    for each in range(suspicion.CHANGED_OFTEN):
        station.votes("张三", round, 1 + each % 2)
    assert found(station, round)[Kind.CHANGES].ballots == 1


def test_a_burst_is_far_above_what_is_usual() -> None:
    start = Clock().now()
    usual = [Minute(start + each * suspicion.MINUTE, 4) for each in range(suspicion.MINUTES_TO_COMPARE)]
    burst = Minute(start + timedelta(hours=3), suspicion.BURST_LEAST)
    assert suspicion.bursts([*usual, burst]) == [burst]
    assert suspicion.bursts([*usual, burst._replace(ballots=suspicion.BURST_LEAST - 1)]) == []
    assert suspicion.bursts([burst, *usual[:3]]) == []
    busy = [minute._replace(ballots=40) for minute in usual]
    assert suspicion.bursts([*busy, burst]) == []


def test_a_burst_is_found_in_the_box(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicion, "BURST_LEAST", 6)
    monkeypatch.setattr(suspicion, "BURST_TIMES", 3)
    round = station.opened()
    for each in range(suspicion.MINUTES_TO_COMPARE):
        station.votes(f"平时{each}", round, 1)
        station.clock.advance(minutes=1)
    at = station.clock.now()
    for each in range(6):
        station.votes(f"一起{each}", round, 2)
    mark = found(station, round)[Kind.BURST]
    assert mark.ballots == 6
    assert mark.at == at.replace(second=0, microsecond=0)
    assert len(marks.ballots_of(station.session, station.view(round), mark.name)) == 6


def test_a_mark_is_reviewed_with_a_note_and_comes_last(station: Station) -> None:
    round = station.opened()
    crowd(station, round, suspicion.SHARED_BY, Origin(FACTORY, 1))
    name = found(station, round)[Kind.ADDRESS].name
    reviewing = {"by": station.room.account("approver"), "keyring": station.keyring, "clock": station.clock}
    for note in ("一分厂的无线网", "一分厂的无线网，问过了"):
        marks.review(station.session, round.id, name, note, **reviewing)  # type: ignore[arg-type]
    assert rows(station, MarkReview) == 1
    last = marks.of_round(station.session, station.view(round))[-1]
    assert (last.name, last.review and last.review.note) == (name, "一分厂的无线网，问过了")
    with pytest.raises(NoMark):
        marks.review(station.session, round.id, "address:00", "x", **reviewing)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        marks.review(station.session, round.id, name, " ", **reviewing)  # type: ignore[arg-type]
    reviewing["by"] = station.room.account("reviewer")
    with pytest.raises(Forbidden):
        marks.review(station.session, round.id, name, "x", **reviewing)  # type: ignore[arg-type]


def test_all_ballots_of_a_mark_are_made_invalid_by_two(station: Station) -> None:
    round = station.opened()
    crowd(station, round, 25, Origin(FACTORY, 60))
    station.votes("张三", round, 5)
    number = proposed(station, round, Doubted(mark=found(station, round)[Kind.ADDRESS].name))
    assert found(station, round) == {}
    (one,) = invalid.proposals(station.session, round.id)
    assert (one.number, one.ballots, one.receipt, one.proposed_by_name) == (number, 25, "", "campaigner")
    agreed(station, round, number)
    assert invalid.by_reason(station.session, round.id) == {InvalidReason.MACHINE: 25}
    tally = station.closed(round).tally or {}
    assert tally["ballots"] == 1
    assert archive_told(station, round).invalid == {InvalidReason.MACHINE: 25}


def archive_told(station: Station, round: Round) -> verifying.Verdict:
    return verifying.verify(archive.lines(station.session, round, "2018"), (round.tally or {})["head"])


def test_nobody_agrees_with_themselves_and_each_step_takes_its_role(station: Station) -> None:
    round = station.opened()
    receipt = station.votes("张三", round, 1).receipt
    for name in ("reviewer", "intake", "auditor"):
        with pytest.raises(Forbidden):
            proposed(station, round, Doubted(receipts=(receipt,)), by=name)
    number = proposed(station, round, Doubted(receipts=(receipt.lower(),)), by="approver")
    with pytest.raises(Forbidden, match="另一位同事"):
        agreed(station, round, number, by="approver")
    with pytest.raises(Forbidden):
        agreed(station, round, number, by="campaigner")
    agreed(station, round, number, by="owner")
    for decide in (agreed, dropped):
        with pytest.raises(Conflict, match="已经有同事定下来"):
            decide(station, round, number)
    with pytest.raises(NoProposal):
        agreed(station, round, 7)


def test_a_receipt_is_looked_at_before_it_is_proposed(station: Station) -> None:
    round = station.opened()
    first = station.votes("张三", round, 1).receipt
    second = station.votes("张三", round, 2).receipt
    with pytest.raises(Conflict, match="没有这样的凭证号：2222-2222-2222-2222"):
        proposed(station, round, Doubted(receipts=(second, "2222-2222-2222-2222")))
    with pytest.raises(Conflict, match="本人已经改过"):
        proposed(station, round, Doubted(receipts=(first,)))
    for doubted in (Doubted(), Doubted("changes", (second,))):
        with pytest.raises(Invalid):
            proposed(station, round, doubted)
    number = proposed(station, round, Doubted.typed("", f" {second}，\n{second} "))
    with pytest.raises(Conflict, match="已经有人提出"):
        proposed(station, round, Doubted(receipts=(second,)))
    dropped(station, round, number)
    assert proposed(station, round, Doubted(receipts=(second,))) == number + 1


def test_who_is_told_so_votes_anew_and_that_counts(station: Station) -> None:
    round = station.opened()
    struck(station, round, station.votes("张三", round, 1).receipt)
    person = station.person("张三", round)
    mine = queries.standing(station.session, station.view(round), person)
    assert mine is not None
    assert mine.invalid is InvalidReason.MACHINE
    again = station.votes("张三", round, 1)
    assert (again.repeated, again.before) == (False, None)
    mine = queries.standing(station.session, station.view(round), person)
    assert mine is not None
    assert mine.invalid is None
    assert invalid.by_reason(station.session, round.id) == {}
    assert (station.closed(round).tally or {})["ballots"] == 1
    assert archive_told(station, round).invalid == {}


def test_after_the_close_it_is_counted_again_and_the_log_has_both(station: Station) -> None:
    round = station.opened()
    receipt = station.votes("张三", round, 1).receipt
    station.votes("李四", round, 2)
    before = dict(station.closed(round).tally or {})
    number = proposed(station, round, Doubted(receipts=(receipt,)), reason=InvalidReason.NOT_OWN)
    with pytest.raises(Undecided, match="还有选票算不算"):
        running.confirm(
            station.session,
            round.id,
            by=station.room.account("owner"),
            keyring=station.keyring,
            clock=station.clock,
        )
    agreed(station, round, number)
    after = round.tally or {}
    assert (before["ballots"], after["ballots"]) == (2, 1)
    assert after["head"] != before["head"]
    logged = station.session.scalars(select(Action).order_by(Action.id.desc())).first()
    assert logged is not None
    assert logged.verb == "round.agree_invalid"
    assert (logged.detail["before"], logged.detail["after"]) == (before, after)
    assert archive_told(station, round).tally.ballots == 1
    running.confirm(
        station.session, round.id, by=station.room.account("owner"), keyring=station.keyring, clock=station.clock
    )
    with pytest.raises(WrongState):
        proposed(station, round, Doubted(receipts=(receipt,)))


def test_nothing_is_proposed_before_the_opening(station: Station) -> None:
    with pytest.raises(WrongState):
        proposed(station, station.composed(), Doubted(mark="quick"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(some.data())
def test_whatever_happens_the_count_is_the_recount(station: Station, data: some.DataObject) -> None:
    """Voters, changes, invalidations and late ones in any order: what counts is each voter's last valid ballot."""
    with station.session.begin_nested() as attempt:
        round = station.opened()
        counted: dict[str, tuple[int, ...]] = {}
        receipts: dict[str, str] = {}
        for _ in range(data.draw(some.integers(1, 14))):
            name = data.draw(some.sampled_from(["张三", "李四", "王五", "赵六"]))
            if name in counted and data.draw(some.booleans()):
                struck(station, round, receipts[name])
                del counted[name]
            else:
                numbers = data.draw(some.sets(some.integers(1, 8), min_size=1, max_size=3))
                receipts[name] = station.votes(name, round, *numbers).receipt
                counted[name] = tuple(sorted(numbers))
        station.closed(round)
        for name in [name for name in counted if data.draw(some.booleans())]:
            struck(station, round, receipts[name])
            del counted[name]
        tally = round.tally or {}
        assert tally["ballots"] == len(counted)
        for one in tally["counts"]:
            assert one["votes"] == sum(one["number"] in numbers for numbers in counted.values())
        key = station.view(round).fixed.key
        assert key is not None
        assert len(counting.opened(station.session, round.id, key)) == 16 * len(counted)
        verdict = archive_told(station, round)
        assert (verdict.tally.to_json()["counts"], verdict.cast) == (tally["counts"], rows_of(station, round))
        attempt.rollback()


def rows_of(station: Station, round: Round) -> int:
    return station.session.scalar(select(func.count()).where(Ballot.round_id == round.id)) or 0


def test_a_round_is_dropped_with_all_that_was_doubted(station: Station) -> None:
    round = station.opened()
    receipt = votes(station, round, "张三", 1, origin=Origin(FACTORY, 9)).receipt
    struck(station, round, receipt)
    station.session.execute(delete(Ballot).where(Ballot.round_id == round.id))
    assert (rows(station, Invalidation), rows(station, Trace)) == (0, 0)
