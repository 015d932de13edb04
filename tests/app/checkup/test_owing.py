"""What should be done by itself: who does it, what is late, what waits for a person."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from app.checkup import owing
from app.checkup.findings import Verdict
from app.database import Database
from app.outbox.heartbeats import KEPT, Pulse
from models import Broadcast, Delivery, Heartbeat, Operator
from models.enums import BroadcastKind, BroadcastState, DeliveryState
from tests.app.checkup.conftest import FINE, NOTE, WRONG
from tests.fixtures.clocks import START, SteppingClock


def background(database: Database, clock: SteppingClock) -> tuple[Verdict, str]:
    with database.reading() as session:
        finding = owing.check_background(session, clock)
    return finding.verdict, finding.said


def test_nobody_does_the_background_work(loaded: Database, clock: SteppingClock) -> None:
    assert background(loaded, clock) == (FINE, "有 1 个进程在做")
    clock.advance(minutes=5)
    assert background(loaded, clock)[0] is WRONG
    assert "已经停了 5 分钟" in background(loaded, clock)[1]
    with loaded.writing() as session:
        session.execute(delete(Heartbeat))
    assert "从来没有" in background(loaded, clock)[1]


def test_a_pulse_beats_now_and_then_and_is_forgotten(database: Database, clock: SteppingClock) -> None:
    first, second = Pulse(clock), Pulse(clock)

    def beat(*pulses: Pulse) -> int:
        with database.writing() as session:
            for pulse in pulses:
                pulse.beat(session, clock.now())
            return len(session.query(Heartbeat).all())

    assert beat(first, second) == 2
    clock.advance(seconds=29)
    beat(first)
    with database.reading() as session:
        assert {row.seen_at for row in session.query(Heartbeat)} == {START}
    clock.advance(seconds=1)
    beat(first)
    with database.reading() as session:
        assert {row.seen_at for row in session.query(Heartbeat)} == {START, clock.wall()}
    clock.advance(seconds=KEPT.total_seconds())
    assert beat(first) == 1


@pytest.mark.parametrize(
    ("late", "verdict"),
    [
        (timedelta(0), FINE),
        (timedelta(minutes=10), FINE),
        (timedelta(minutes=11), NOTE),
        (timedelta(hours=3), WRONG),
        (timedelta(days=3), WRONG),
        (timedelta(hours=-1), FINE),
    ],
)
def test_messages_that_should_have_gone(
    database: Database, clock: SteppingClock, late: timedelta, verdict: Verdict
) -> None:
    with database.writing() as session:
        session.add(delivery(1, due_at=START - late))
    with database.reading() as session:
        assert owing.check_waiting(session, clock).verdict is verdict


def test_what_a_person_has_to_decide(loaded: Database, clock: SteppingClock) -> None:
    with loaded.writing() as session:
        assert owing.check_doubts(session).verdict is FINE
        assert owing.check_broadcasts(session).verdict is FINE
        broadcast = Broadcast(
            campaign_id=1,
            title="请投票",
            kind=BroadcastKind.VOTE,
            channel="template",
            audience={"kind": "all"},
            content={"template_id": "T-vote", "data": {}},
            state=BroadcastState.PAUSED,
            composed_by=session.query(Operator).first().id,  # type: ignore[union-attr]
            composed_at=START,
        )
        session.add(broadcast)
        session.flush()
        session.add(delivery(1, state=DeliveryState.UNKNOWN, broadcast_id=broadcast.id))
        session.add(delivery(2, state=DeliveryState.UNKNOWN))  # a single answer is nobody's to decide
        session.flush()
        doubts, paused = owing.check_doubts(session), owing.check_broadcasts(session)
    assert (doubts.verdict, "1 条推送" in doubts.said) == (NOTE, True)
    assert (paused.verdict, "1 条停着" in paused.said) == (NOTE, True)


def delivery(number: int, **changes: object) -> Delivery:
    times = {"due_at": START, "created_at": START, "state": DeliveryState.PENDING}
    return Delivery(key=str(number), channel="customer", kind="answer", body={}, **(times | changes))
