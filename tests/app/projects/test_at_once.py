"""Two who release at the same moment: one does, the other is told; everybody hears it once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from app.crypto import Keyring
from app.database import Database
from app.projects import announcing, queries
from app.projects.rules import WrongState
from models import Delivery
from models.enums import AnnouncementState
from tests.app.ballots.conftest import SECRET
from tests.app.ballots.station import Station
from tests.app.projects.chamber import ADDRESS, Chamber
from tests.fixtures.clocks import SteppingClock


def test_of_two_releases_one_counts(polling: Database, clock: SteppingClock) -> None:
    with polling.writing() as session:
        chamber = Chamber(Station(session, clock, Keyring(SECRET)))
        chamber.vote()
        chamber.choose(1, 2)
        chamber.write()
        chamber.submit()
    start = Barrier(2)

    def release(name: str) -> str:
        start.wait()
        try:
            with polling.writing() as session:
                by = Station(session, clock, Keyring(SECRET)).room.account(name)
                announcing.release(session, "2018", address=ADDRESS, by=by, clock=clock)
        except WrongState as refused:
            return refused.code
        return "released"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(release, ("approver", "owner"))) == ["released", "wrong_announcement_state"]
    with polling.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 8
        found = queries.announcement(session, 1)
        assert found is not None
        assert found.state is AnnouncementState.RELEASED
