"""Supporting: one for each person, over all that is handled as one, and only what is still open."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns import queries
from app.campaigns.rules import PhaseClosed
from app.campaigns.service import set_phase
from app.crypto import Keyring
from app.database import Database
from app.followers.service import Contact, meet
from app.proposals import supporting
from app.proposals.service import Desk
from app.proposals.supporting import NotToBeSupported
from models import Follower, Proposal, Support
from models.enums import IntakeChannel, ProposalStatus
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.installation import SECRET
from tests.fixtures.service import load_campaign


@pytest.fixture
def session(database: Database, clock: SteppingClock) -> Iterator[Session]:
    load_campaign(database, clock)
    with database.writing() as session:
        yield session


@pytest.fixture
def desk(session: Session, clock: SteppingClock, keyring: Keyring) -> Desk:
    return Desk(queries.current(session, clock), keyring, clock.now())


def handed_in(session: Session, running: int, **changes: object) -> Proposal:
    values = {
        "campaign_id": 1,
        "number": f"SS2018-{running:04d}",
        "channel": IntakeChannel.WECHAT,
        "status": ProposalStatus.SUBMITTED,
        "title": "食堂",
        "summary": "热饭",
        "expected_outcome": "吃好",
        "submitted_at": START,
    }
    proposal = Proposal(**{**values, **changes})
    session.add(proposal)
    session.flush()
    return proposal


def merged(session: Session, running: int, into: Proposal) -> Proposal:
    return handed_in(session, running, status=ProposalStatus.MERGED, merged_into_id=into.id)


def person(session: Session, name: str) -> Contact:
    return meet(session, [f"oSupporter{name}"], START)[f"oSupporter{name}"]


def test_everybody_counts_once(session: Session, desk: Desk) -> None:
    proposal, zhou, wang = handed_in(session, 1), person(session, "zhou"), person(session, "wang")
    first = supporting.support(session, proposal, zhou, desk)
    again = supporting.support(session, proposal, zhou, desk)
    other = supporting.support(session, proposal, wang, desk)
    assert (first.changed, first.supporters) == (True, 1)
    assert (again.changed, again.supporters) == (False, 1)
    assert (other.changed, other.supporters) == (True, 2)


def test_no_openid_is_kept_but_for_the_way_to_the_person(session: Session, desk: Desk) -> None:
    supporting.support(session, handed_in(session, 1), zhou := person(session, "zhou"), desk)
    row = session.scalars(select(Support)).one()
    assert row.person == desk.keyring.digest(zhou.openid, "support 2018")
    assert row.follower_id == zhou.id


def test_who_was_forgotten_still_counts_and_only_once(session: Session, desk: Desk) -> None:
    proposal, zhou = handed_in(session, 1), person(session, "zhou")
    supporting.support(session, proposal, zhou, desk)
    session.delete(session.get_one(Follower, zhou.id))
    session.flush()
    assert session.scalars(select(Support.follower_id)).one() is None
    back = supporting.support(session, proposal, person(session, "zhou"), desk)
    assert (back.changed, back.supporters) == (False, 1)


def test_a_changed_secret_gives_nobody_a_second_voice(session: Session, desk: Desk) -> None:
    proposal, zhou = handed_in(session, 1), person(session, "zhou")
    supporting.support(session, proposal, zhou, desk)
    changed = Desk(desk.campaign, Keyring("another secret, also thirty-two characters", SECRET), desk.now)
    assert not supporting.support(session, proposal, zhou, changed).changed
    assert supporting.take_back(session, proposal, zhou, changed).supporters == 0


def test_what_is_merged_is_supported_as_one(session: Session, desk: Desk) -> None:
    root = handed_in(session, 1)
    middle = merged(session, 2, root)
    leaf = merged(session, 3, middle)
    zhou, wang = person(session, "zhou"), person(session, "wang")
    assert supporting.support(session, leaf, zhou, desk).proposal is root
    assert not supporting.support(session, root, zhou, desk).changed
    supporting.support(session, root, wang, desk)
    assert dict(supporting.counts(session, [root, middle, leaf])) == {root.id: 2, middle.id: 1, leaf.id: 1}


def test_undoing_a_merge_divides_the_supporters_again(session: Session, desk: Desk) -> None:
    root = handed_in(session, 1)
    leaf = merged(session, 2, root)
    supporting.support(session, leaf, person(session, "zhou"), desk)
    leaf.merged_into_id = None
    session.flush()
    assert dict(supporting.counts(session, [root, leaf])) == {root.id: 0, leaf.id: 1}


def test_taking_back_reaches_all_that_is_handled_together(session: Session, desk: Desk) -> None:
    root = handed_in(session, 1)
    leaf = merged(session, 2, root)
    zhou, wang = person(session, "zhou"), person(session, "wang")
    supporting.support(session, leaf, zhou, desk)
    supporting.support(session, leaf, wang, desk)
    back = supporting.take_back(session, root, zhou, desk)
    assert (back.changed, back.supporters) == (True, 1)
    assert not supporting.take_back(session, root, zhou, desk).changed


def test_nobody_supports_their_own(session: Session, desk: Desk) -> None:
    zhou = person(session, "zhou")
    root = handed_in(session, 1)
    own = handed_in(session, 2, follower_id=zhou.id)
    with pytest.raises(NotToBeSupported, match="SS2018-0002 就是您自己提的"):
        supporting.support(session, own, zhou, desk)
    own.merged_into_id = root.id
    with pytest.raises(NotToBeSupported):
        supporting.support(session, own, zhou, desk)
    assert supporting.support(session, root, zhou, desk).changed


@pytest.mark.parametrize("status", [ProposalStatus.WITHDRAWN, ProposalStatus.REJECTED])
def test_what_has_ended_is_not_supported(session: Session, desk: Desk, status: ProposalStatus) -> None:
    with pytest.raises(NotToBeSupported, match="SS2018-0001"):
        supporting.support(session, handed_in(session, 1, status=status), person(session, "zhou"), desk)


@pytest.mark.parametrize("phase", ["opinion", "published"])
def test_afterwards_the_ballot_speaks(session: Session, desk: Desk, clock: SteppingClock, phase: str) -> None:
    proposal = handed_in(session, 1)
    set_phase(session, "2018", phase, "开会定的", actor="cli:tester", clock=clock)
    later = Desk(queries.current(session, clock), desk.keyring, desk.now)
    for deed in (supporting.support, supporting.take_back):
        with pytest.raises(PhaseClosed):
            deed(session, proposal, person(session, "zhou"), later)
