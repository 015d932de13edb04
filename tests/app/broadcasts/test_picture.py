"""What is seen of a broadcast afterwards: of votes never before the close, nor where nobody may see turnout."""

from datetime import timedelta

import pytest

from app.broadcasts.picture import votes_after
from app.crypto import Keyring
from app.database import Database
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
