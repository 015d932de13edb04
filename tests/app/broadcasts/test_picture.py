"""What is seen of a broadcast: of votes never before the close; of a ballot nothing where turnout is hidden."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.broadcasts.openings import Openings, page_in
from app.broadcasts.picture import opened_after, votes_after
from app.crypto import Keyring
from app.database import Database
from app.writer import Writer
from models import Broadcast, Round
from models.enums import BroadcastKind, BroadcastState, Turnout
from tests.app.ballots.station import Station, furnish_station
from tests.fixtures.clocks import START, SteppingClock


def broadcast(station: Station, round: Round, **changes: object) -> Broadcast:
    """One that began three hours before the votes."""
    said = {
        "campaign_id": round.campaign_id,
        "title": "请投票",
        "kind": BroadcastKind.VOTE,
        "channel": "template",
        "audience": {"all": True},
        "content": {"url": f"https://x.test/h5/vote/{round.id}"},
        "state": BroadcastState.DONE,
        "composed_by": station.room.account("campaigner").id,
        "composed_at": START,
        "begun_at": station.clock.now() - timedelta(hours=3),
    }
    return Broadcast(**said | changes)


@pytest.mark.parametrize("turnout", list(Turnout))
def test_votes_after_it(database: Database, clock: SteppingClock, keyring: Keyring, turnout: Turnout) -> None:
    furnish_station(database, clock)
    with database.writing() as session:
        station = Station(session, clock, keyring)
        round = station.opened(turnout=turnout)
        for name in ("甲", "乙"):
            station.votes(name, round, 1)
        sent = broadcast(station, round)
        assert votes_after(session, sent) == (), "sealed until the close"
        station.closed(round)
        found = [span.total for span in votes_after(session, sent)]
        assert found == ([] if turnout is Turnout.NOBODY else [0, 2, *[0] * 10])
        assert votes_after(session, broadcast(station, round, content={"url": "https://x.test/"})) == ()
        assert votes_after(session, broadcast(station, round, begun_at=None)) == ()


async def test_openings_are_added_up_over_processes_and_none_is_lost_to_a_failure(
    database: Database, clock: SteppingClock, keyring: Keyring
) -> None:
    furnish_station(database, clock)
    with database.writing() as session:
        station = Station(session, clock, keyring)
        round = station.opened(turnout=Turnout.OPERATORS)
        hidden = station.opened(turnout=Turnout.NOBODY)
        begun = clock.now()
    writer = Writer(database)
    writer.start()
    try:
        one, other = Openings(writer, clock), Openings(writer, clock)
        for counting, times in ((one, 3), (other, 2)):
            for _ in range(times):
                counting.count(f"/h5/vote/{round.id}")
            counting.count(f"/h5/vote/{hidden.id}")
            await counting.write()
        clock.advance(hours=5)
        one.count(f"/h5/vote/{round.id}")
        with database.writing() as session:
            session.execute(text("ALTER TABLE openings RENAME TO away"))
        with pytest.raises(DatabaseError):
            await one.write()
        with database.writing() as session:
            session.execute(text("ALTER TABLE away RENAME TO openings"))
        await one.write()
        await one.write()
    finally:
        writer.stop()
    with database.reading() as session:
        station = Station(session, clock, keyring)
        seen = opened_after(session, broadcast(station, round, begun_at=begun))
        assert [span.total for span in seen] == [5, 0, 1, *[0] * 9]
        assert opened_after(session, broadcast(station, hidden, begun_at=begun)) == ()
        assert opened_after(session, broadcast(station, round, begun_at=None)) == ()


@pytest.mark.parametrize(
    ("content", "page"),
    [
        ({"url": "https://x.test/h5/vote/3"}, "/h5/vote/3"),
        ({"article": {"title": "结果", "url": "https://x.test/h5/results/2018"}}, "/h5/results/2018"),
        ({"text": "来写提案：https://x.test/h5/proposal。谢谢"}, "/h5/proposal"),
        ({"url": "https://x.test/h5/proposal/P-1"}, None),
        ({"url": "https://x.test/h5/vote/3/4"}, None),
        ({"media_id": "m"}, None),
    ],
)
def test_the_page_that_it_leads_to(content: dict[str, object], page: str | None) -> None:
    assert page_in(content) == page
